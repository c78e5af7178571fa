"""ufw for pyinfra, which has no operations for it: a fact and two operations, as its documentation says to write them."""

from pyinfra import host
from pyinfra.api import FactBase, StringCommand, operation


class UfwStatus(FactBase):
    """Everything that ufw says of itself: one command for all rules and the policy."""

    def command(self):
        return "ufw status verbose; ufw show added"

    def requires_command(self):
        return "ufw"

    def process(self, output):
        lines = list(output)
        rules = {line.strip() for line in lines if line.startswith("ufw ")}
        policy = next((line for line in lines if line.startswith("Default:")), "")
        return {"active": "Status: active" in lines, "policy": policy, "rules": rules}


@operation()
def rule(words, comment=None):
    seen = host.get_fact(UfwStatus)
    wanted = f"ufw {words}" + (f" comment '{comment}'" if comment else "")
    if wanted in seen["rules"]:
        host.noop(f"{words} is there")
    else:
        yield StringCommand(wanted)


@operation()
def policy(incoming, outgoing):
    seen = host.get_fact(UfwStatus)
    if not seen["policy"].startswith(f"Default: {incoming} (incoming), {outgoing} (outgoing)"):
        yield StringCommand("ufw", "default", incoming, "incoming")
        yield StringCommand("ufw", "default", outgoing, "outgoing")
    if not seen["active"]:
        yield StringCommand("ufw", "--force", "enable")
