package io.efka.agent.artifact;

import io.efka.protocol.Fault;
import io.efka.protocol.Sha256;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Locale;

/**
 * Says which artifact is meant, and where it may be found.
 *
 * @param sources tried in this order; 1 to 16 of {@code https://}, {@code http://}, {@code file:} and {@code mqtt:}
 * @param hash of its content
 * @param size of its content, in bytes; at least 1
 */
public record ArtifactRef(List<URI> sources, Sha256 hash, long size) {
    private static final int MAX_SOURCES = 16;
    private static final int MAX_PORT = 65_535;
    private static final List<String> SCHEMES = List.of("https", "http", "file", "mqtt");

    private static final URI BROKER = URI.create("mqtt:*");

    public ArtifactRef {
        sources = List.copyOf(sources);
        if (sources.isEmpty() || sources.size() > MAX_SOURCES) {
            throw new Unfit("url", sources.size() + " of them", "must name 1 to " + MAX_SOURCES + " sources");
        }
        for (URI source : sources) check(source);
        if (size < 1) throw new Unfit("size", String.valueOf(size), "must be at least 1");
    }

    /**
     * Reads a source as it stands in a command. {@code mqtt:} alone, which is no URI, becomes {@code mqtt:*}: the broker,
     * any group.
     *
     * @throws Unfit if it is no URI
     */
    public static URI source(String text) {
        try {
            return text.equals("mqtt:") ? BROKER : new URI(text);
        } catch (URISyntaxException e) {
            throw new Unfit("url", "something else (" + e.getReason() + ")", "must be a URL without spaces");
        }
    }

    private static void check(URI source) {
        String shown = shown(source);
        if (source.getScheme() == null || !SCHEMES.contains(scheme(source))) {
            throw new Unfit("url", shown, "must begin with https:, http:, file: or mqtt:");
        }
        boolean isWeb = scheme(source).startsWith("http");
        if (isWeb && source.getHost() == null) {
            throw new Unfit("url", shown, "must name a host");
        }
        if (source.getPort() > MAX_PORT) {
            throw new Unfit("url", shown, "must have a port up to " + MAX_PORT);
        }
        if (source.getRawUserInfo() != null) {
            throw new Unfit(
                    "url", shown, "must have no user and password, which belong into the device's credentials file");
        }
        if (source.getRawFragment() != null) {
            throw new Unfit("url", shown, "must have no #fragment");
        }
    }

    /** It cannot be an artifact; says which part of it is wrong, and what would be right. */
    public static final class Unfit extends IllegalArgumentException {
        private final transient Fault fault;

        Unfit(String key, String value, String expected) {
            this(new Fault(key, value, expected));
        }

        private Unfit(Fault fault) {
            super(fault.sentence());
            this.fault = fault;
        }

        public Fault fault() {
            return fault;
        }
    }

    static String scheme(URI source) {
        return String.valueOf(source.getScheme()).toLowerCase(Locale.ROOT);
    }

    /** A source for a message: without user, password and query, where secrets may be. */
    static String shown(URI source) {
        if (source.equals(BROKER)) return "mqtt:";
        String path = source.getRawPath() == null ? source.getRawSchemeSpecificPart() : source.getRawPath();
        String host = source.getHost() == null ? "" : "//" + source.getHost();
        String port = source.getPort() < 0 ? "" : ":" + source.getPort();
        return source.getScheme() + ":" + host + port + path + (source.getRawQuery() == null ? "" : "?…");
    }
}
