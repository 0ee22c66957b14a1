package io.efka.agent.supervision;

import io.efka.protocol.ErrorCode;
import io.efka.protocol.ServiceStatus;

/** What became of a request to a supervisor. */
public sealed interface Outcome {

    /** It is done, or accepted if the request did not wait. */
    record Done(ServiceStatus status) implements Outcome {}

    /** It was refused or failed. */
    record Rejected(ErrorCode reason, String message, ServiceStatus status) implements Outcome {}
}
