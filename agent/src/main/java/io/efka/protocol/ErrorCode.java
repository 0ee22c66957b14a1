package io.efka.protocol;

import java.util.Locale;

/** Every way a command can fail, as the protocol document lists it: a word, its cause, and what to do about it. */
public enum ErrorCode {
    UNKNOWN_COMMAND("There is no command of that name at that level.", "Compare the topic with the list of commands."),
    UNKNOWN_SERVICE("No service of that id is installed on the device.", "Ask `list`, or `install` the service first."),
    BAD_PAYLOAD(
            "The payload is not one JSON object in UTF-8, or it is nested deeper than 64, or a key stands twice.",
            "Send nothing, or one JSON object."),
    BAD_ARGUMENT(
            "An argument is missing, of the wrong type or out of range, or a name in the topic is not legal.",
            "Correct what the message names."),
    PAYLOAD_TOO_LARGE("The payload is larger than 256 KiB.", "Leave big files out and fetch them on the device."),
    ALREADY_RUNNING("The service is already running.", "Nothing, or `restart`."),
    NOT_RUNNING("The service is not running.", "`start` it first where a process is needed."),
    ALREADY_INSTALLED(
            "A service of that id is installed.",
            "Use `apply`, which updates it; `remove` would also delete what it has written."),
    INVALID_MANIFEST(
            "The manifest has faults, listed in `faults`, or its `after` makes a cycle.", "Correct every fault."),
    LAUNCH_FAILED(
            "The program could not be started, or ended before it was ready.",
            "See the message, and `logs` of stderr."),
    ONESHOT_FAILED(
            "The run of a oneshot did not end with exit code 0; the message says how it ended.",
            "See the message, and `logs` of stderr."),
    STOP_TIMEOUT(
            "The service's processes did not end in time, not even killed.", "Look at the device: a disk may hang."),
    NOT_READY("The service runs but did not become ready in time.", "See its health and logs; raise `ready_timeout`."),
    CHANNEL_EXISTS("Another living connection is the service's channel.", "Close that one first."),
    SERVICE_STOPPED("The service is not desired running, so it gets no channel.", "`start` it first."),
    NO_CHANNEL("The service has not attached its channel.", "Wait until it is ready, or give it a channel client."),
    TIMEOUT(
            "The service did not answer over its channel in time; whether the question took effect is unknown.",
            "See whether the service is well; give it a longer `timeout_ms`."),
    CALL_FAILED("The service answered the call with an error; the message is the service's.", "Do what it says."),
    CONFIG_REFUSED(
            "The service does not take the configuration; the message is the service's. It was not kept.",
            "Correct what the service names."),
    EXPIRED("The command expired before it began. It was not executed.", "Send it again if it is still wanted."),
    ID_REUSED(
            "The id belongs to an earlier command with another topic or payload. Nothing was executed.",
            "Use a new id for every new command."),
    INTERRUPTED(
            "A later command overrode it, or the agent ended while it was under way: where repeating it could do harm,"
                    + " whether it took effect is unknown.",
            "Check the state, then send it again with a new id."),
    RETAINED_REFUSED(
            "The command was sent retained: it would repeat at every reconnect. It was not executed.",
            "Send it without retain, and clear the topic with an empty retained message."),
    NOT_ALLOWED(
            "The agent's settings forbid it, as with a folder outside `work_dir_roots`; or the agent's user may not write the files.",
            "Change the settings, or what the message names."),
    BAD_SIGNATURE("The command is not signed by a key that the device trusts.", "Sign it with a trusted key."),
    ARTIFACT_UNAVAILABLE(
            "No source has the artifact, or gave it within 24 hours; the message says why, source by source.",
            "See that a source can be reached from the device and has the file."),
    ARTIFACT_MISMATCH(
            "What a source has is not the artifact: its size or SHA-256 is another one.",
            "Correct `sha256` and `size`, or the file at the source."),
    BAD_ARCHIVE(
            "The archive is damaged, or has an entry that is not unpacked, such as a link that leads out of it. Nothing"
                    + " of it was kept.",
            "Make the archive anew without what the message names."),
    INCOMPATIBLE(
            "The manifest's `platform` is another one than this device's. Nothing was changed.",
            "Deploy what is made for this device."),
    NO_RELEASE("No release of that name is stored on the device.", "Ask `releases`, or deploy it with its content."),
    NO_DEPLOY("No deploy of the service is under way.", "Nothing; ask `releases` for what is current."),
    RELEASE_BAD(
            "This release failed on this device before; the message says how.",
            "Deploy another one, or this one with `\"force\":true`."),
    RELEASE_MISMATCH(
            "Another release is current than `if_release` says. Nothing was changed.",
            "Ask `releases`, and decide again."),
    NO_PREVIOUS_RELEASE(
            "The release is not healthy and there is none to go back to; or a rollback has nothing to go back to.",
            "Deploy a release that works."),
    UNHEALTHY(
            "The release did not become and stay healthy in time; the message says what it did.",
            "See the message, and `logs` of the service."),
    ROLLBACK_FAILED(
            "The release failed, and the one before could not be shown to be healthy again. It is current, and its restart"
                    + " policy goes on.",
            "See the message, and the service's status and logs."),
    CANCELLED("It was cancelled, or another deploy took its place.", "Nothing, or deploy again."),
    BUSY(
            "Too many commands are waiting, or the service does not read its stdin. It was not executed.",
            "Send it again later."),
    DISK_FULL(
            "The state could not be written (disk full, or read-only), or a release has no room. See the message.",
            "Free space on the device."),
    REPLY_TOO_LARGE(
            "The reply is larger than the broker takes; the message says how large it was.",
            "Ask for less, as with `lines` or `from` and `to`, or raise the broker's limit."),
    REPLY_REFUSED(
            "The broker takes no reply on the topic that was asked for; this one came on the device's own reply topic.",
            "Use another reply topic, or allow the device to publish there."),
    INTERNAL("A fault of the agent; its log has the details.", "Report it, with the log.");

    private final String cause;
    private final String remedy;

    ErrorCode(String cause, String remedy) {
        this.cause = cause;
        this.remedy = remedy;
    }

    /** As it stands in a reply: {@code unknown_command}. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** What brings it about; one or two sentences. */
    public String cause() {
        return cause;
    }

    /** What a user can do; one sentence. */
    public String remedy() {
        return remedy;
    }
}
