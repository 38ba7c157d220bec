# The walk with Ruby's xmlrpc: walk.rb URL USER PASSWORD.
require "json"
require "xmlrpc/client"

url, user, password = ARGV
SERVER = XMLRPC::Client.new2(url.sub("://", "://#{user}:#{password}@") + "/RPC2")

def call(method, *params) = SERVER.call(method, *params)

def fault(method, *params)
  call(method, *params)
rescue XMLRPC::FaultException => e
  { code: e.faultCode, text: e.faultString }
end

# A proxy is how most programs of Ruby write it.
supervisor = SERVER.proxy("supervisor")

puts JSON.generate(
  identification: supervisor.getIdentification,
  api: supervisor.getAPIVersion,
  version: supervisor.getSupervisorVersion,
  state: supervisor.getState,
  methods: call("system.listMethods"),
  signature: call("system.methodSignature", "supervisor.startProcess"),
  all: supervisor.getAllProcessInfo,
  info: supervisor.getProcessInfo("web"),
  log: supervisor.readProcessStdoutLog("talk", 0, 0),
  empty: supervisor.readProcessStderrLog("talk", -1000, 0),
  tail: supervisor.tailProcessStdoutLog("talk", 0, 1000),
  stdin: supervisor.sendProcessStdin("talk", "grüße <1> & \"2\"\n"),
  stopped: supervisor.stopProcess("web"),
  again: fault("supervisor.stopProcess", "web"),
  started: supervisor.startProcess("web", true),
  group_stopped: supervisor.stopProcessGroup("pair"),
  group_started: supervisor.startProcessGroup("pair", true),
  signalled: supervisor.signalProcess("web", "CONT"),
  unknown: fault("supervisor.getProcessInfo", "nobody"),
  multicall: call("system.multicall", [
    { methodName: "supervisor.getAPIVersion", params: [] },
    { methodName: "supervisor.getProcessInfo", params: ["nobody"] },
  ]),
  reread: supervisor.reloadConfig,
  added: supervisor.addProcessGroup("later"),
  running: fault("supervisor.removeProcessGroup", "later"),
  later_stopped: supervisor.stopProcess("later:*"),
  removed: supervisor.removeProcessGroup("later"),
)
