package io.efka.agent.main;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Reads the brokers an operator names; the message of every refusal says what would be right. */
final class BrokerUris {
    private static final Map<String, String> SCHEMES =
            Map.of("tcp", "tcp", "ssl", "ssl", "ws", "ws", "wss", "wss", "mqtt", "tcp", "mqtts", "ssl");
    private static final Map<String, Integer> PORTS = Map.of("tcp", 1883, "ssl", 8883, "ws", 80, "wss", 443);
    private static final String EXAMPLE = ", as in tcp://broker.example:1883";

    private BrokerUris() {}

    /** Reads {@code text}, uris separated by commas. */
    static List<URI> parse(String text) {
        var uris = new ArrayList<URI>();
        for (String one : text.split(",", -1)) uris.add(parseOne(one.strip()));
        return uris;
    }

    private static URI parseOne(String text) {
        if (text.isEmpty()) throw new IllegalArgumentException("must name a broker between the commas" + EXAMPLE);
        if (!text.contains("://"))
            throw new IllegalArgumentException("must begin with tcp://, ssl://, ws:// or wss://; tcp://" + text + "?");
        URI uri = syntax(text);
        String scheme = SCHEMES.get(uri.getScheme().toLowerCase(Locale.ROOT));
        if (scheme == null) {
            throw new IllegalArgumentException(
                    "must begin with tcp://, ssl://, ws:// or wss://, not " + uri.getScheme() + "://");
        }
        requireClean(uri, scheme);
        int port = uri.getPort() == -1 ? PORTS.getOrDefault(scheme, 0) : uri.getPort();
        return URI.create(scheme + "://" + uri.getHost() + ":" + port + uri.getRawPath());
    }

    private static URI syntax(String text) {
        try {
            return new URI(text);
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException("must be scheme://host:port" + EXAMPLE);
        }
    }

    private static void requireClean(URI uri, String scheme) {
        if (uri.getRawAuthority() != null && uri.getRawAuthority().contains("@")) {
            throw new IllegalArgumentException(
                    "must not hold a user name or password: use --username and --password-file");
        }
        if (uri.getHost() == null)
            throw new IllegalArgumentException("must name a host (letters, digits, . and -) and a port" + EXAMPLE);
        if (uri.getPort() == 0 || uri.getPort() > 65_535)
            throw new IllegalArgumentException("must have a port of 1-65535");
        if (uri.getRawQuery() != null || uri.getRawFragment() != null)
            throw new IllegalArgumentException("must have no ? or #");
        boolean webSocket = scheme.startsWith("ws");
        if (!webSocket && !uri.getRawPath().isEmpty())
            throw new IllegalArgumentException("must end after the port: only ws:// and wss:// have a path");
    }
}
