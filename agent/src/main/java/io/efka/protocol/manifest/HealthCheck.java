package io.efka.protocol.manifest;

import java.net.URI;

/** How the agent checks that a service is healthy ({@code health_check} in the manifest). */
public sealed interface HealthCheck {
    /** {@code http://…} or {@code https://…}: healthy when a GET is answered with a status of 200-399. */
    record Http(URI uri) implements HealthCheck {}

    /** {@code tcp://host:port}: healthy when a connection is accepted. */
    record Tcp(String host, int port) implements HealthCheck {
        public Tcp {
            if (port < 1 || port > 65_535) throw new IllegalArgumentException("port must be 1-65535, was " + port);
        }
    }

    /** {@code exec:path}: healthy when the program, relative to the work directory, exits with 0. */
    record Exec(String path) implements HealthCheck {}

    /** {@code process:}: being alive is enough. */
    record Alive() implements HealthCheck {}
}
