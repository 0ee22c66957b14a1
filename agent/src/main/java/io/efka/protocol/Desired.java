package io.efka.protocol;

/** What the operator wants of a service; persisted, and changed by commands only. */
public enum Desired {
    RUNNING,
    STOPPED
}
