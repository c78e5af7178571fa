"""A stand-in for the models of four coding agents, on loopback.

It answers every request with one call of the agent's shell tool, and after that call's result with "done". So the
real agents run their real hooks, without a model and without the network. What each agent told it about the call's
result is kept in `results`.
"""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Model:
    def __init__(self, command):
        self.command = command
        self.results = []
        self.requests = []
        model = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_):
                pass

            def do_GET(self):
                self.reply("application/json", json.dumps({"data": [], "models": []}))

            def do_HEAD(self):
                self.reply("application/json", "")

            def do_POST(self):
                raw = self.rfile.read(int(self.headers.get("content-length") or 0))
                try:
                    body = json.loads(raw or b"{}")
                except ValueError:
                    body = {}
                model.requests.append((self.path, body))
                kind, text = model.answer(self.path, body)
                self.reply(kind, text)

            def reply(self, kind, text):
                data = text.encode()
                self.send_response(200)
                self.send_header("content-type", kind)
                self.send_header("content-length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()

    def answer(self, path, body):
        if "generateContent" in path or "streamGenerateContent" in path:
            return self.gemini(path, body)
        if path.split("?")[0].endswith("/messages"):
            return self.anthropic(body)
        if path.endswith("/responses"):
            return self.responses(body)
        if path.endswith("/chat/completions"):
            return self.chat(body)
        return "application/json", json.dumps({"input_tokens": 1, "totalTokens": 1})

    def anthropic(self, body):
        results = [
            part
            for message in body.get("messages", [])
            if isinstance(message.get("content"), list)
            for part in message["content"]
            if part.get("type") == "tool_result"
        ]
        has_tool = any(tool.get("name") == "Bash" for tool in body.get("tools", []))
        if results or not has_tool:
            self.results += [json.dumps(result.get("content")) for result in results]
            block = {"type": "text", "text": ""}
            delta = {"type": "text_delta", "text": "done"}
            stop = "end_turn"
        else:
            block = {"type": "tool_use", "id": "toolu_1", "name": "Bash", "input": {}}
            words = {"command": self.command, "description": "try it"}
            delta = {"type": "input_json_delta", "partial_json": json.dumps(words)}
            stop = "tool_use"
        message = {"id": "msg_1", "type": "message", "role": "assistant", "model": body.get("model", "m"), "content": [],
                   "stop_reason": None, "stop_sequence": None, "usage": {"input_tokens": 1, "output_tokens": 1}}
        if not body.get("stream"):
            content = [{"type": "text", "text": "done"}] if stop == "end_turn" else [{**block, "input": words}]
            return "application/json", json.dumps({**message, "content": content, "stop_reason": stop})
        events = [
            ("message_start", {"message": message}),
            ("content_block_start", {"index": 0, "content_block": block}),
            ("content_block_delta", {"index": 0, "delta": delta}),
            ("content_block_stop", {"index": 0}),
            ("message_delta", {"delta": {"stop_reason": stop, "stop_sequence": None}, "usage": {"output_tokens": 1}}),
            ("message_stop", {}),
        ]
        text = "".join(f"event: {name}\ndata: {json.dumps({'type': name, **data})}\n\n" for name, data in events)
        return "text/event-stream", text

    def responses(self, body):
        items = body.get("input", [])
        results = [item for item in items if isinstance(item, dict) and item.get("type", "").endswith("_call_output")]
        tools = {tool.get("name"): tool for tool in body.get("tools", [])}
        if results:
            self.results += [json.dumps(result.get("output")) for result in results]
            item = {"type": "message", "role": "assistant", "id": "m1", "status": "completed",
                    "content": [{"type": "output_text", "text": "done", "annotations": []}]}
        elif "exec_command" in tools:
            item = self.function("exec_command", {"cmd": self.command})
        elif "shell_command" in tools:
            item = self.function("shell_command", {"command": self.command})
        else:
            item = self.function("shell", {"command": ["bash", "-lc", self.command]})
        response = {"id": "r1", "object": "response", "status": "completed", "output": [item],
                    "usage": {"input_tokens": 1, "output_tokens": 1, "total_tokens": 2,
                              "input_tokens_details": {"cached_tokens": 0}, "output_tokens_details": {"reasoning_tokens": 0}}}
        events = [
            ("response.created", {"response": {**response, "status": "in_progress", "output": []}}),
            ("response.output_item.done", {"output_index": 0, "item": item}),
            ("response.completed", {"response": response}),
        ]
        text = "".join(f"event: {name}\ndata: {json.dumps({'type': name, **data})}\n\n" for name, data in events)
        return "text/event-stream", text

    @staticmethod
    def function(name, words):
        return {"type": "function_call", "id": "f1", "call_id": "c1", "name": name, "arguments": json.dumps(words), "status": "completed"}

    def gemini(self, path, body):
        parts = [part for content in body.get("contents", []) for part in content.get("parts", [])]
        results = [part["functionResponse"] for part in parts if "functionResponse" in part]
        declared = [f.get("name") for tool in body.get("tools", []) for f in tool.get("functionDeclarations", [])]
        if results or "run_shell_command" not in declared:
            self.results += [json.dumps(result.get("response")) for result in results]
            part = {"text": "done"}
        else:
            part = {"functionCall": {"name": "run_shell_command", "args": {"command": self.command, "description": "try it"}}}
        answer = {"candidates": [{"content": {"role": "model", "parts": [part]}, "finishReason": "STOP", "index": 0}],
                  "usageMetadata": {"promptTokenCount": 1, "candidatesTokenCount": 1, "totalTokenCount": 2}}
        if "stream" in path:
            return "text/event-stream", f"data: {json.dumps(answer)}\n\n"
        return "application/json", json.dumps(answer)

    def chat(self, body):
        results = [message for message in body.get("messages", []) if message.get("role") == "tool"]
        has_tool = any(tool.get("function", {}).get("name") == "bash" for tool in body.get("tools", []))
        if results or not has_tool:
            self.results += [json.dumps(result.get("content")) for result in results]
            delta, finish = {"role": "assistant", "content": "done"}, "stop"
        else:
            words = json.dumps({"command": self.command, "description": "try it"})
            call = {"index": 0, "id": "c1", "type": "function", "function": {"name": "bash", "arguments": words}}
            delta, finish = {"role": "assistant", "tool_calls": [call]}, "tool_calls"
        chunk = {"id": "x", "object": "chat.completion.chunk", "created": 1, "model": "m"}
        lines = [
            {**chunk, "choices": [{"index": 0, "delta": delta, "finish_reason": None}]},
            {**chunk, "choices": [{"index": 0, "delta": {}, "finish_reason": finish}]},
        ]
        return "text/event-stream", "".join(f"data: {json.dumps(line)}\n\n" for line in lines) + "data: [DONE]\n\n"
