package io.efka.agent.artifact;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The proxy that the environment names, as curl reads it: {@code HTTPS_PROXY}, {@code HTTP_PROXY} or {@code ALL_PROXY}, in
 * either case, and {@code NO_PROXY}, a list of hosts whose subdomains count, or {@code *}. A proxy that wants a password is
 * not supported. Thread-safe.
 */
final class EnvironmentProxy extends ProxySelector {
    private static final Logger LOG = LoggerFactory.getLogger(EnvironmentProxy.class);
    private static final int DEFAULT_PORT = 1080;
    private static final List<Proxy> DIRECT = List.of(Proxy.NO_PROXY);

    private final Map<String, String> environment;

    EnvironmentProxy(Map<String, String> environment) {
        this.environment = Map.copyOf(environment);
    }

    @Override
    public List<Proxy> select(URI uri) {
        if (isExcepted(uri.getHost().toLowerCase(Locale.ROOT))) return DIRECT;
        return value(ArtifactRef.scheme(uri) + "_proxy")
                .or(() -> value("all_proxy"))
                .flatMap(EnvironmentProxy::proxy)
                .map(List::of)
                .orElse(DIRECT);
    }

    private Optional<String> value(String name) {
        return Optional.ofNullable(environment.get(name))
                .or(() -> Optional.ofNullable(environment.get(name.toUpperCase(Locale.ROOT))))
                .map(String::strip)
                .filter(text -> !text.isEmpty());
    }

    private boolean isExcepted(String host) {
        for (String each : value("no_proxy").orElse("").split("[,\\s]+")) {
            String name =
                    each.toLowerCase(Locale.ROOT).replaceFirst(":\\d+$", "").replaceFirst("^\\.", "");
            if (name.equals("*") || (!name.isEmpty() && (host.equals(name) || host.endsWith("." + name)))) return true;
        }
        return false;
    }

    private static Optional<Proxy> proxy(String text) {
        try {
            URI uri = URI.create(text.contains("://") ? text : "http://" + text);
            if (uri.getHost() != null && uri.getScheme().equalsIgnoreCase("http")) {
                int port = uri.getPort() < 0 ? DEFAULT_PORT : uri.getPort();
                return Optional.of(new Proxy(Proxy.Type.HTTP, InetSocketAddress.createUnresolved(uri.getHost(), port)));
            }
        } catch (IllegalArgumentException notAUri) {
            // logged below
        }
        // Not the value: it may have a password.
        LOG.warn("the proxy of the environment is not used: it must be http://host:port");
        return Optional.empty();
    }

    @Override
    public void connectFailed(URI uri, SocketAddress address, IOException problem) {
        // The request fails, which is reported.
    }
}
