package io.efka.agent.artifact;

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
            throw new IllegalArgumentException(
                    "url must name 1 to " + MAX_SOURCES + " sources, was " + sources.size() + " of them");
        }
        for (URI source : sources) check(source);
        if (size < 1) throw new IllegalArgumentException("size must be at least 1, was " + size);
    }

    /**
     * Reads a source as it stands in a command. {@code mqtt:} alone, which is no URI, becomes {@code mqtt:*}: the broker,
     * any group.
     *
     * @throws IllegalArgumentException if it is no URI
     */
    public static URI source(String text) {
        try {
            return text.equals("mqtt:") ? BROKER : new URI(text);
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException("url must be a URL without spaces, and " + e.getReason());
        }
    }

    private static void check(URI source) {
        String shown = shown(source);
        if (source.getScheme() == null || !SCHEMES.contains(scheme(source))) {
            throw new IllegalArgumentException("url must begin with https:, http:, file: or mqtt:, was " + shown);
        }
        boolean isWeb = scheme(source).startsWith("http");
        if (isWeb && source.getHost() == null) {
            throw new IllegalArgumentException("url must name a host, was " + shown);
        }
        if (source.getPort() > MAX_PORT) {
            throw new IllegalArgumentException("url must have a port up to " + MAX_PORT + ", was " + shown);
        }
        if (source.getRawUserInfo() != null) {
            throw new IllegalArgumentException(
                    "url must have no user and password, which belong into the device's credentials file, was "
                            + shown);
        }
        if (source.getRawFragment() != null) {
            throw new IllegalArgumentException("url must have no #fragment, was " + shown);
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
