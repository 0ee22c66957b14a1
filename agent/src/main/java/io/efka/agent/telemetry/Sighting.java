package io.efka.agent.telemetry;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A status document of this device, as it came from the broker: who says to be it, or to have been it.
 *
 * @param birth number of the birth within its session; 0 in a will
 * @param reason why it is not online; empty in a birth
 */
record Sighting(boolean online, long session, String instance, String host, long birth, String reason) {

    boolean isOf(Identity identity) {
        return instance.equals(identity.instance());
    }

    /** Whether it is of neither this agent nor an earlier start of it. */
    boolean isForeignTo(Identity identity, String ownHost) {
        boolean earlierStart = host.equals(ownHost) && session < identity.session();
        return !isOf(identity) && !earlierStart;
    }

    /** Whether another agent says here that it is the device. */
    boolean isRivalOf(Identity identity, String ownHost) {
        return online && isForeignTo(identity, ownHost);
    }

    /** Whether its agent ended gracefully. */
    boolean isFarewell() {
        return reason.equals(PresenceCodec.SHUTDOWN);
    }

    /** Whether it only asks who else is there. */
    boolean isQuestion() {
        return reason.equals(PresenceCodec.ASKING);
    }

    Map<String, Object> fields() {
        var fields = new LinkedHashMap<String, Object>();
        fields.put("session", session);
        fields.put("instance", instance);
        fields.put("host", host);
        return fields;
    }
}
