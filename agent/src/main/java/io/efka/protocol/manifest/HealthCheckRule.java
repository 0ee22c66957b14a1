package io.efka.protocol.manifest;

import com.google.gson.JsonElement;
import io.efka.protocol.manifest.Manifest.HealthCheck;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Optional;

/** Reads {@code health_check}; the kind of URL decides what the rest must be, and what a fault says. */
final class HealthCheckRule implements ValueRules.Rule<HealthCheck> {
    private static final String ANY = "must be http://…, https://…, tcp://host:port, exec:path or process:";
    private static final String HTTP = "must have a host, and a port from 1 to 65535 or none: http://host:port/path";
    private static final String TCP = "must be tcp://host:port and no more, with a port from 1 to 65535";
    private static final String EXEC = "must be exec:path with a program without spaces, relative or absolute";
    private static final String PROCESS = "must be process: and no more";

    @Override
    public Optional<HealthCheck> read(JsonElement value, Diagnostics.Location place) {
        String text = ValueRules.string(value).orElse("");
        int colon = text.indexOf(':');
        String rest = text.substring(colon + 1);
        return switch (text.substring(0, Math.max(colon, 0)).toLowerCase(Locale.ROOT)) {
            case "http", "https" -> or(place, value, HTTP, uri(text).flatMap(HealthCheckRule::http));
            case "tcp" -> or(place, value, TCP, uri(text).flatMap(HealthCheckRule::tcp));
            case "exec" -> or(place, value, EXEC, exec(rest));
            case "process" -> or(place, value, PROCESS, alive(rest));
            default -> place.unfit(value, ANY);
        };
    }

    private static Optional<HealthCheck> or(
            Diagnostics.Location place, JsonElement value, String expected, Optional<HealthCheck> check) {
        return check.isPresent() ? check : place.unfit(value, expected);
    }

    private static Optional<HealthCheck> http(URI uri) {
        boolean hasPort = uri.getPort() != -1;
        if (uri.getHost() == null || (hasPort && !isPort(uri.getPort()))) return Optional.empty();
        return Optional.of(new HealthCheck.Http(uri));
    }

    private static Optional<HealthCheck> tcp(URI uri) {
        String host = uri.getHost();
        if (host == null || !isPort(uri.getPort()) || !isBare(uri)) return Optional.empty();
        boolean isBracketed = host.startsWith("[");
        return Optional.of(
                new HealthCheck.Tcp(isBracketed ? host.substring(1, host.length() - 1) : host, uri.getPort()));
    }

    private static boolean isBare(URI uri) {
        return uri.getUserInfo() == null
                && uri.getRawPath().isEmpty()
                && uri.getRawQuery() == null
                && uri.getRawFragment() == null;
    }

    private static Optional<HealthCheck> exec(String path) {
        return ManifestSchema.isProgram(path) ? Optional.of(new HealthCheck.Exec(path)) : Optional.empty();
    }

    private static Optional<HealthCheck> alive(String rest) {
        return rest.isEmpty() ? Optional.of(new HealthCheck.Alive()) : Optional.empty();
    }

    private static boolean isPort(int port) {
        return port >= 1 && port <= 65_535;
    }

    private static Optional<URI> uri(String text) {
        try {
            return Optional.of(new URI(text));
        } catch (URISyntaxException e) {
            return Optional.empty();
        }
    }
}
