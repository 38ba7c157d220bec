import de.timroes.axmlrpc.XMLRPCClient;
import de.timroes.axmlrpc.XMLRPCException;
import de.timroes.axmlrpc.XMLRPCServerException;
import java.io.PrintStream;
import java.net.URL;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;

/** The walk with Java's aXMLRPC: Walk URL USER PASSWORD. */
public class Walk {
    private final XMLRPCClient client;

    Walk(String url, String user, String password) throws Exception {
        client = new XMLRPCClient(new URL(url + "/RPC2"));
        client.setLoginData(user, password);
    }

    Object call(String method, Object... params) throws XMLRPCException {
        return client.call(method, params);
    }

    Object fault(String method, Object... params) throws XMLRPCException {
        try {
            return call(method, params);
        } catch (XMLRPCServerException e) {
            // The client adds the code to the text.
            String text = e.getMessage().replaceFirst(" \\[" + e.getErrorNr() + "\\]$", "");
            return Map.of("code", e.getErrorNr(), "text", text);
        }
    }

    Map<String, Object> walk() throws XMLRPCException {
        Map<String, Object> answers = new LinkedHashMap<>();
        answers.put("identification", call("supervisor.getIdentification"));
        answers.put("api", call("supervisor.getAPIVersion"));
        answers.put("version", call("supervisor.getSupervisorVersion"));
        answers.put("state", call("supervisor.getState"));
        answers.put("methods", call("system.listMethods"));
        answers.put("signature", call("system.methodSignature", "supervisor.startProcess"));
        answers.put("all", call("supervisor.getAllProcessInfo"));
        answers.put("info", call("supervisor.getProcessInfo", "web"));
        answers.put("log", call("supervisor.readProcessStdoutLog", "talk", 0, 0));
        answers.put("empty", call("supervisor.readProcessStderrLog", "talk", -1000, 0));
        answers.put("tail", call("supervisor.tailProcessStdoutLog", "talk", 0, 1000));
        answers.put("stdin", call("supervisor.sendProcessStdin", "talk", "gr\u00fc\u00dfe <1> & \"2\"\n"));
        answers.put("stopped", call("supervisor.stopProcess", "web"));
        answers.put("again", fault("supervisor.stopProcess", "web"));
        answers.put("started", call("supervisor.startProcess", "web", true));
        answers.put("group_stopped", call("supervisor.stopProcessGroup", "pair"));
        answers.put("group_started", call("supervisor.startProcessGroup", "pair", true));
        answers.put("signalled", call("supervisor.signalProcess", "web", "CONT"));
        answers.put("unknown", fault("supervisor.getProcessInfo", "nobody"));
        answers.put("multicall", call("system.multicall", (Object) new Object[] {
            Map.of("methodName", "supervisor.getAPIVersion", "params", new Object[0]),
            Map.of("methodName", "supervisor.getProcessInfo", "params", new Object[] {"nobody"}),
        }));
        answers.put("reread", call("supervisor.reloadConfig"));
        answers.put("added", call("supervisor.addProcessGroup", "later"));
        answers.put("running", fault("supervisor.removeProcessGroup", "later"));
        answers.put("later_stopped", call("supervisor.stopProcess", "later:*"));
        answers.put("removed", call("supervisor.removeProcessGroup", "later"));
        return answers;
    }

    /** Writes a value of the client as JSON. */
    static String json(Object v) {
        if (v instanceof Object[]) {
            return json(List.of((Object[]) v));
        }
        if (v instanceof List) {
            StringJoiner parts = new StringJoiner(",", "[", "]");
            ((List<?>) v).forEach(e -> parts.add(json(e)));
            return parts.toString();
        }
        if (v instanceof Map) {
            StringJoiner parts = new StringJoiner(",", "{", "}");
            ((Map<?, ?>) v).forEach((k, e) -> parts.add(json(k) + ":" + json(e)));
            return parts.toString();
        }
        if (v instanceof String) {
            return quote((String) v);
        }
        return String.valueOf(v); // a number or a boolean
    }

    static String quote(String s) {
        StringBuilder b = new StringBuilder("\"");
        for (char c : s.toCharArray()) {
            if (c == '"' || c == '\\') {
                b.append('\\').append(c);
            } else if (c < ' ') {
                b.append(String.format("\\u%04x", (int) c));
            } else {
                b.append(c);
            }
        }
        return b.append('"').toString();
    }

    public static void main(String[] args) throws Exception {
        Walk w = new Walk(args[0], args[1], args[2]);
        new PrintStream(System.out, true, "UTF-8").println(json(w.walk()));
    }
}
