<?php
// The walk with PHP's xmlrpc extension: walk.php URL USER PASSWORD HTTP. HTTP
// is 1.0 or 1.1; the panels written in PHP say 1.0 and read to the end of the
// connection, and give "wait" as the number 1.

[, $url, $user, $password, $http] = $argv;

function call(string $method, ...$params)
{
    global $url, $user, $password, $http;
    $request = xmlrpc_encode_request($method, $params, ['encoding' => 'UTF-8', 'escaping' => 'markup']);
    $context = stream_context_create(['http' => [
        'method' => 'POST',
        'protocol_version' => $http,
        'header' => "Content-Type: text/xml\r\nAuthorization: Basic " . base64_encode("$user:$password"),
        'content' => $request,
    ]]);
    $answer = file_get_contents("$url/RPC2", false, $context);
    if ($answer === false) {
        fwrite(STDERR, "$method was not answered\n");
        exit(1);
    }
    return xmlrpc_decode($answer, 'UTF-8');
}

function fault(string $method, ...$params)
{
    $answer = call($method, ...$params);
    if (is_array($answer) && xmlrpc_is_fault($answer)) {
        return ['code' => $answer['faultCode'], 'text' => $answer['faultString']];
    }
    return $answer;
}

$wait = $http === '1.0' ? 1 : true;

echo json_encode([
    'identification' => call('supervisor.getIdentification'),
    'api' => call('supervisor.getAPIVersion'),
    'version' => call('supervisor.getSupervisorVersion'),
    'state' => call('supervisor.getState'),
    'methods' => call('system.listMethods'),
    'signature' => call('system.methodSignature', 'supervisor.startProcess'),
    'all' => call('supervisor.getAllProcessInfo'),
    'info' => call('supervisor.getProcessInfo', 'web'),
    'log' => call('supervisor.readProcessStdoutLog', 'talk', 0, 0),
    'empty' => call('supervisor.readProcessStderrLog', 'talk', -1000, 0),
    'tail' => call('supervisor.tailProcessStdoutLog', 'talk', 0, 1000),
    'stdin' => call('supervisor.sendProcessStdin', 'talk', "grüße <1> & \"2\"\n"),
    'stopped' => call('supervisor.stopProcess', 'web', $wait),
    'again' => fault('supervisor.stopProcess', 'web', $wait),
    'started' => call('supervisor.startProcess', 'web', $wait),
    'group_stopped' => call('supervisor.stopProcessGroup', 'pair', $wait),
    'group_started' => call('supervisor.startProcessGroup', 'pair', $wait),
    'signalled' => call('supervisor.signalProcess', 'web', 'CONT'),
    'unknown' => fault('supervisor.getProcessInfo', 'nobody'),
    'multicall' => call('system.multicall', [
        ['methodName' => 'supervisor.getAPIVersion', 'params' => []],
        ['methodName' => 'supervisor.getProcessInfo', 'params' => ['nobody']],
    ]),
    'reread' => call('supervisor.reloadConfig'),
    'added' => call('supervisor.addProcessGroup', 'later'),
    'running' => fault('supervisor.removeProcessGroup', 'later'),
    'later_stopped' => call('supervisor.stopProcess', 'later:*'),
    'removed' => call('supervisor.removeProcessGroup', 'later'),
]);
