package io.efka.agent.session;

import io.efka.agent.telemetry.AgentInstance;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A status document of this device as received from the broker: which agent is, or was, the device.
 *
 * @param birth number of the birth within its session; 0 in a will
 * @param reason why it is not online; empty in a birth
 */
record SeenStatus(boolean online, long session, String instance, String host, long birth, String reason) {

    /** Whether this very start of the agent has written it. */
    boolean isOf(AgentInstance self) {
        return instance.equals(self.instance());
    }

    /** Whether neither this agent nor an earlier start of it has written it. */
    boolean isForeignTo(AgentInstance self, String ownHost) {
        boolean earlierStart = host.equals(ownHost) && session < self.session();
        return !isOf(self) && !earlierStart;
    }

    /** Whether another agent announces itself as the device. */
    boolean isRivalOf(AgentInstance self, String ownHost) {
        return online && isForeignTo(self, ownHost);
    }

    /** Whether its agent has ended in an orderly way. */
    boolean isFarewell() {
        return reason.equals(DeviceStatusCodec.SHUTDOWN);
    }

    /** Whether it only asks for other agents. */
    boolean isQuestion() {
        return reason.equals(DeviceStatusCodec.ASKING);
    }

    /** For events. */
    Map<String, Object> fields() {
        var fields = new LinkedHashMap<String, Object>();
        fields.put("session", session);
        fields.put("instance", instance);
        fields.put("host", host);
        return fields;
    }
}
