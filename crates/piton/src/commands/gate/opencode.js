// Put here by `piton gate install --for opencode`; taken out by `piton gate uninstall --for opencode`.
// Asks the gate before a tool runs. What cannot be asked is not run.
import { spawnSync } from "node:child_process";

const piton = @PITON@;

export const PitonGate = async ({ directory }) => ({
  "tool.execute.before": async (input, output) => {
    const args = output.args ?? {};
    const event = { tool_name: input.tool, tool_input: args, session_id: input.sessionID, cwd: args.workdir ?? directory };
    const asked = spawnSync(piton, ["gate", "hook", "--for", "opencode"], { input: JSON.stringify(event), encoding: "utf8", timeout: 5000 });
    if (asked.status !== 0) {
      throw new Error((asked.stderr || "piton gate did not answer, so the command is not run").trim());
    }
  },
});
