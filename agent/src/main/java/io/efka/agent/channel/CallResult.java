package io.efka.agent.channel;

import com.google.gson.JsonElement;

/** What became of a question to a service. */
public sealed interface CallResult {

    /** It went well. */
    record Done(JsonElement value) implements CallResult {}

    /** The service said no, and why. */
    record Refused(String message) implements CallResult {}

    /** The service said nothing. */
    record Unanswered(Why why, String message) implements CallResult {}

    /** Why there is no answer. */
    enum Why {
        /** There is no channel, or it was closed before the answer. */
        NO_CHANNEL,
        /** It took too long; whether the question took effect is unknown. */
        TIMEOUT,
        /** It could not be written down, so nothing was changed. */
        DISK_FULL,
        /** A fault of the agent's. */
        FAILED,
        /** So many questions are unanswered that this one was not asked. */
        BUSY
    }
}
