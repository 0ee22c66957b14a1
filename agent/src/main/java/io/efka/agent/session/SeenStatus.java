package io.efka.agent.session;

import io.efka.agent.telemetry.AgentInstance;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A status document of this device, as it came from the broker: who says to be it, or to have been it.
 *
 * @param birth number of the birth within its session; 0 in a will
 * @param reason why it is not online; empty in a birth
 */
record SeenStatus(boolean online, long session, String instance, String host, long birth, String reason) {

    boolean isOf(AgentInstance self) {
        return instance.equals(self.instance());
    }

    /** Whether it is of neither this agent nor an earlier start of it. */
    boolean isForeignTo(AgentInstance self, String ownHost) {
        boolean earlierStart = host.equals(ownHost) && session < self.session();
        return !isOf(self) && !earlierStart;
    }

    /** Whether another agent says here that it is the device. */
    boolean isRivalOf(AgentInstance self, String ownHost) {
        return online && isForeignTo(self, ownHost);
    }

    /** Whether its agent ended gracefully. */
    boolean isFarewell() {
        return reason.equals(DeviceStatusCodec.SHUTDOWN);
    }

    /** Whether it only asks who else is there. */
    boolean isQuestion() {
        return reason.equals(DeviceStatusCodec.ASKING);
    }

    Map<String, Object> fields() {
        var fields = new LinkedHashMap<String, Object>();
        fields.put("session", session);
        fields.put("instance", instance);
        fields.put("host", host);
        return fields;
    }
}
