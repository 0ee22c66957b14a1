package io.efka.agent.paho;

import io.efka.agent.wire.MqttLink.Loss;
import org.eclipse.paho.mqttv5.client.MqttClientException;
import org.eclipse.paho.mqttv5.client.MqttDisconnectResponse;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.eclipse.paho.mqttv5.common.packet.MqttReturnCode;

/** Puts Paho's reasons into words for the log and the events. */
final class Reasons {
    private Reasons() {}

    static String of(Throwable problem) {
        Throwable cause = problem.getCause();
        if (cause != null) return cause.toString();
        return problem instanceof MqttException mqtt
                ? mqtt.getMessage() + " (" + mqtt.getReasonCode() + ")"
                : problem.toString();
    }

    static Loss of(MqttDisconnectResponse response) {
        MqttException problem = response.getException();
        if (problem != null) return new Loss(of(problem), false);
        int code = response.getReturnCode();
        boolean takenOver = code == MqttReturnCode.RETURN_CODE_SESSION_TAKEN_OVER;
        String words = takenOver ? "session taken over by another client" : "the broker disconnected";
        String detail = response.getReasonString() == null ? "" : ": " + response.getReasonString();
        return new Loss("%s (reason code 0x%02X)%s".formatted(words, code, detail), takenOver);
    }

    /** Whether the broker sent something that Paho cannot take apart. */
    static boolean isUnreadable(Throwable problem) {
        return problem instanceof MqttException mqtt
                && (mqtt.getReasonCode() == MqttException.REASON_CODE_MALFORMED_PACKET
                        || mqtt.getReasonCode() == MqttClientException.REASON_CODE_INVALID_MESSAGE);
    }
}
