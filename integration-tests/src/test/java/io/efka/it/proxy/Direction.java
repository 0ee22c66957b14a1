package io.efka.it.proxy;

/** Which way a packet goes through the proxy. */
public enum Direction {
    FROM_CLIENT,
    FROM_BROKER;

    Direction opposite() {
        return this == FROM_CLIENT ? FROM_BROKER : FROM_CLIENT;
    }
}
