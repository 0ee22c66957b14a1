package io.efka.agent.service;

/** What became of a request to a supervisor. */
public sealed interface Outcome {

    /** It is done, or accepted if the request did not wait. */
    record Done(ServiceStatus status) implements Outcome {}

    /** It was refused or failed. */
    record Rejected(Reason reason, String message, ServiceStatus status) implements Outcome {}

    /** Why a request failed; on the wire the lower-case name is the error code. */
    enum Reason {
        ALREADY_RUNNING,
        NOT_RUNNING,
        INVALID_MANIFEST,
        LAUNCH_FAILED,
        STOP_TIMEOUT,
        NOT_READY,
        INTERRUPTED,
        BUSY,
        DISK_FULL,
        INTERNAL
    }
}
