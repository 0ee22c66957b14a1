package io.efka.fleet.http;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;

/** Where a server listens, as an operator types it. */
public final class ListenAddress {
    private static final int MAX_PORT = 65_535;

    private ListenAddress() {}

    /**
     * Reads {@code 0.0.0.0:9464}, {@code [::1]:9464}, {@code :9464} for all addresses.
     *
     * @throws IllegalArgumentException whose message says what would be right
     */
    public static InetSocketAddress parse(String text) {
        int colon = text.lastIndexOf(':');
        String host = text.substring(0, Math.max(0, colon));
        boolean isBracketed = host.startsWith("[") && host.endsWith("]");
        int port = port(text.substring(colon + 1));
        if (colon < 0 || port < 0 || (host.contains(":") && !isBracketed)) {
            throw new IllegalArgumentException("must be HOST:PORT, as in 127.0.0.1:8089 or [::1]:8089");
        }
        if (host.isEmpty()) return new InetSocketAddress(port);
        try {
            return new InetSocketAddress(InetAddress.getByName(host), port);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException("must be an address of this machine", e);
        }
    }

    private static int port(String text) {
        int port = text.matches("[0-9]{1,5}") ? Integer.parseInt(text) : -1;
        return port <= MAX_PORT ? port : -1;
    }

    /** For an address of the form {@code http://…}: {@code 127.0.0.1:9464}, {@code [::1]:9464}. */
    public static String text(InetSocketAddress address) {
        String host = address.getAddress().getHostAddress();
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + address.getPort();
    }
}
