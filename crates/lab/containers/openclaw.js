// Stands in for OpenClaw's gateway: its file is read as strict JSON, its two ports listen, and it ends when it is told to.
const fs = require('fs')
const http = require('http')

const file = `${process.env.HOME === '/root' ? '/home/node' : process.env.HOME || '/home/node'}/.openclaw/openclaw.json`
const end = (what) => {
  console.error(`Gateway failed to start: ${what}`)
  process.exit(78)
}
if (process.argv[2] !== 'gateway') end(`unknown command ${process.argv.slice(2)}`)
let config
try {
  config = JSON.parse(fs.readFileSync(file, 'utf8'))
} catch (error) {
  end(`Invalid config ${file}: ${error.message}`)
}
const known = ['agents', 'auth', 'bindings', 'browser', 'channels', 'commands', 'cron', 'diagnostics', 'gateway', 'hooks', 'logging',
  'memory', 'messages', 'meta', 'models', 'plugins', 'secrets', 'session', 'skills', 'tools', 'ui', 'update', 'web', 'wizard']
for (const key of Object.keys(config)) if (!known.includes(key)) end(`Invalid config: ${key}: Unrecognized key`)
if (!process.env.OPENCLAW_GATEWAY_TOKEN) end('there is no token')
const at = process.argv.indexOf('--port')
const port = at > 0 ? Number(process.argv[at + 1]) : 18789
const page = (request, response) => response.end('openclaw\n')
http.createServer(page).listen(port, '0.0.0.0', () => console.log(`gateway on ${port}`))
http.createServer(page).listen(18790, '0.0.0.0')
process.on('SIGTERM', () => process.exit(0))
