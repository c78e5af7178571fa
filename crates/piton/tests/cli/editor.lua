-- Opens the file that EDITED names, with `piton lsp` as its language server, and does what a person would:
-- waits for the findings, asks about one, takes the preferred fix, sees the findings go. What it saw is
-- written as JSON into the file that SEEN names.
local seen = {}

local function finish()
  local out = assert(io.open(os.getenv("SEEN"), "w"))
  out:write(vim.json and vim.json.encode(seen) or vim.fn.json_encode(seen))
  out:close()
  vim.cmd("qa!")
end

local function run()
  vim.cmd("edit " .. os.getenv("EDITED"))
  local buffer = vim.api.nvim_get_current_buf()
  local config = { name = "piton", cmd = { os.getenv("PITON"), "lsp" }, root_dir = vim.fn.getcwd() }
  local id
  if vim.lsp.start then
    id = vim.lsp.start(config)
  else
    id = vim.lsp.start_client(config)
    vim.lsp.buf_attach_client(buffer, id)
  end
  local client
  vim.wait(20000, function()
    client = vim.lsp.get_client_by_id(id)
    return #vim.diagnostic.get(buffer) > 0
  end, 10)
  seen.diagnostics = {}
  for _, found in ipairs(vim.diagnostic.get(buffer)) do
    table.insert(seen.diagnostics, { line = found.lnum, column = found.col, last = found.end_col, code = found.code, message = found.message })
  end
  local first = vim.diagnostic.get(buffer)[1]
  local place = { textDocument = { uri = vim.uri_from_bufnr(buffer) }, position = { line = first.lnum, character = first.col } }
  local hover = vim.lsp.buf_request_sync(buffer, "textDocument/hover", place, 20000)
  seen.hover = hover[id].result.contents.value
  local asked = {
    textDocument = place.textDocument,
    range = { start = place.position, ["end"] = place.position },
    context = { diagnostics = {} },
  }
  local actions = vim.lsp.buf_request_sync(buffer, "textDocument/codeAction", asked, 20000)[id].result
  seen.actions = {}
  for _, action in ipairs(actions) do
    table.insert(seen.actions, { title = action.title, preferred = action.isPreferred })
  end
  vim.lsp.util.apply_workspace_edit(actions[1].edit, client.offset_encoding)
  vim.wait(20000, function() return #vim.diagnostic.get(buffer) == 0 end, 10)
  seen.left = #vim.diagnostic.get(buffer)
  seen.text = table.concat(vim.api.nvim_buf_get_lines(buffer, 0, -1, true), "\n")
  client.stop()
  seen.stopped = vim.wait(20000, function() return vim.lsp.client_is_stopped(id) end, 10)
end

local done, reason = pcall(run)
if not done then seen.error = tostring(reason) end
finish()
