package io.efka.agent.service;

/** What the operator wants of a service; persisted, and changed by commands only. */
public enum Desired {
    RUNNING,
    STOPPED
}
