// The walk with npm packages: node walk.js PACKAGE URL USER PASSWORD. PACKAGE
// is xmlrpc or supervisord, URL is http://host:port or unix:///path.
'use strict'

const xmlrpc = require('xmlrpc')
const supervisord = require('supervisord')

const [pack, address, user, password] = process.argv.slice(2)

function connectXmlrpc () {
  const target = { path: '/RPC2', basic_auth: { user, pass: password } }
  if (address.startsWith('unix://')) {
    target.socketPath = address.slice('unix://'.length)
  } else {
    const { hostname, port } = new URL(address)
    Object.assign(target, { host: hostname, port })
  }
  const client = xmlrpc.createClient(target)
  return (method, params, done) => client.methodCall(method, params, done)
}

// The package supervisord has a function for each method.
function connectSupervisord () {
  const client = supervisord.connect(address.replace('://', `://${user}:${password}@`))
  return (method, params, done) => client[method.split('.')[1]](...params, done)
}

const send = pack === 'xmlrpc' ? connectXmlrpc() : connectSupervisord()

function call (method, ...params) {
  return new Promise((resolve, reject) => {
    send(method, params, (error, value) => error ? reject(error) : resolve(value))
  })
}

async function fault (method, ...params) {
  try {
    return await call(method, ...params)
  } catch (error) {
    return { code: error.faultCode, text: error.faultString }
  }
}

async function main () {
  const answers = {}
  const steps = {
    identification: () => call('supervisor.getIdentification'),
    api: () => call('supervisor.getAPIVersion'),
    version: () => call('supervisor.getSupervisorVersion'),
    state: () => call('supervisor.getState'),
    methods: () => call('system.listMethods'),
    signature: () => call('system.methodSignature', 'supervisor.startProcess'),
    all: () => call('supervisor.getAllProcessInfo'),
    info: () => call('supervisor.getProcessInfo', 'web'),
    log: () => call('supervisor.readProcessStdoutLog', 'talk', 0, 0),
    empty: () => call('supervisor.readProcessStderrLog', 'talk', -1000, 0),
    tail: () => call('supervisor.tailProcessStdoutLog', 'talk', 0, 1000),
    stdin: () => call('supervisor.sendProcessStdin', 'talk', 'grüße <1> & "2"\n'),
    stopped: () => call('supervisor.stopProcess', 'web'),
    again: () => fault('supervisor.stopProcess', 'web'),
    started: () => call('supervisor.startProcess', 'web', true),
    group_stopped: () => call('supervisor.stopProcessGroup', 'pair'),
    group_started: () => call('supervisor.startProcessGroup', 'pair', true),
    signalled: () => call('supervisor.signalProcess', 'web', 'CONT'),
    unknown: () => fault('supervisor.getProcessInfo', 'nobody'),
    multicall: () => call('system.multicall', [
      { methodName: 'supervisor.getAPIVersion', params: [] },
      { methodName: 'supervisor.getProcessInfo', params: ['nobody'] }
    ]),
    reread: () => call('supervisor.reloadConfig'),
    added: () => call('supervisor.addProcessGroup', 'later'),
    running: () => fault('supervisor.removeProcessGroup', 'later'),
    later_stopped: () => call('supervisor.stopProcess', 'later:*'),
    removed: () => call('supervisor.removeProcessGroup', 'later')
  }
  for (const [name, step] of Object.entries(steps)) answers[name] = await step()
  process.stdout.write(JSON.stringify(answers))
}

main().catch(error => {
  console.error(error)
  process.exitCode = 1
})
