package io.efka.it.browser;

import io.efka.it.Brokers;
import io.efka.it.Shell;
import io.efka.it.TestBroker;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Assumptions;

/**
 * The machine's Mosquitto with a listener for browsers; it keeps all in memory.
 *
 * @param webSocketPort of that listener
 */
public record WebBroker(TestBroker broker, int webSocketPort) implements AutoCloseable {
    /** Lets everybody in. */
    public static WebBroker open() {
        return start(List.of());
    }

    /**
     * Lets only accounts in that have this password.
     *
     * @param folder for the file of passwords
     * @param acl who may do what, as a file of Mosquitto's
     */
    static WebBroker withAccounts(Path folder, String password, Path acl, String... accounts) {
        needMosquitto();
        Path passwords = folder.resolve("passwd");
        String create = "-c";
        for (String account : accounts) {
            Shell.run("mosquitto_passwd", create, "-b", passwords.toString(), account, password)
                    .ok();
            create = "-b";
        }
        return start(List.of("allow_anonymous false", "password_file " + passwords, "acl_file " + acl));
    }

    private static WebBroker start(List<String> more) {
        needMosquitto();
        int port = Brokers.freePort();
        var settings = new ArrayList<String>(List.of("max_inflight_messages 1000", "max_queued_messages 100000"));
        settings.addAll(more);
        settings.addAll(List.of("listener " + port, "protocol websockets"));
        return new WebBroker(Brokers.stock(settings.toArray(String[]::new)), port);
    }

    private static void needMosquitto() {
        boolean isThere = Brokers.hasMosquitto();
        if (!isThere && "required".equals(System.getProperty("efka.browser")))
            throw new AssertionError("no mosquitto on the PATH");
        Assumptions.assumeTrue(isThere, "no mosquitto on the PATH: the page has no broker that speaks WebSocket");
    }

    /** For the page. */
    public String address() {
        return "ws://127.0.0.1:" + webSocketPort + "/mqtt";
    }

    @Override
    public void close() {
        broker.close();
    }
}
