package io.efka.mqtt.paho;

import io.efka.mqtt.MqttLink.Loss;
import java.io.EOFException;
import java.net.ConnectException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.security.SignatureException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.util.Optional;
import javax.net.ssl.SSLException;
import org.eclipse.paho.mqttv5.client.MqttClientException;
import org.eclipse.paho.mqttv5.client.MqttDisconnectResponse;
import org.eclipse.paho.mqttv5.common.MqttException;

/** Turns failures that Paho and the JDK report into one line that says what to do. */
final class Reasons {
    private Reasons() {}

    /** Why an established connection ended. */
    static String ofLoss(Throwable problem) {
        if (root(problem) instanceof EOFException) return "the broker closed the connection without a reason";
        return of(problem);
    }

    /** Why there was no connection. */
    static String ofFailure(Throwable problem) {
        Throwable root = root(problem);
        if (root instanceof EOFException || isReset(root)) {
            return "the broker closed the connection before it answered: it may not speak MQTT 5, may expect TLS"
                    + " (ssl://) or not speak it (tcp://), or may refuse this client; see its log";
        }
        return of(problem);
    }

    private static String of(Throwable problem) {
        Throwable root = root(problem);
        if (root instanceof MqttException mqtt) return ofPaho(mqtt);
        String said = root.getMessage() == null ? "" : root.getMessage();
        if (root instanceof UnknownHostException) return "the broker's name cannot be resolved: " + said;
        if (root instanceof SocketTimeoutException) return "the broker's host does not answer: " + said;
        if (root instanceof ConnectException || root instanceof SocketException) return lower(said);
        if (root instanceof CertPathBuilderException
                || root instanceof CertPathValidatorException
                || root instanceof SignatureException) {
            return "the broker's certificate is not signed by a trusted authority; set ca to the file of"
                    + " the one that signed it";
        }
        if (root instanceof CertificateExpiredException) {
            return "the broker's certificate has expired (" + said + "); if it has not, set this device's clock";
        }
        if (root instanceof CertificateNotYetValidException) {
            return "the broker's certificate is not valid yet (" + said + "); is this device's clock right?";
        }
        if (root instanceof CertificateException) {
            return said.startsWith("No ")
                    ? "the broker's certificate is for another host: " + lower(said)
                    : "the broker's certificate is not valid: " + said;
        }
        if (root instanceof SSLException) return ofTls(said);
        return said.isEmpty() ? root.toString() : root.getClass().getSimpleName() + ": " + said;
    }

    /** The alerts are those of RFC 8446; the JDK has no type for them. */
    private static String ofTls(String said) {
        if (said.contains("Unsupported or unrecognized SSL message")) {
            return "the broker's port does not speak TLS: use tcp:// or its TLS port";
        }
        if (said.contains("certificate_required") || said.contains("bad_certificate")) {
            return "the broker wants a certificate of this client that it trusts: set cert and key (" + said + ")";
        }
        if (said.contains("certificate_unknown")
                || said.contains("unknown_ca")
                || said.contains("certificate_expired")) {
            return "the broker does not accept this client's certificate (" + said + ")";
        }
        return "TLS failed: " + said;
    }

    /** The broker closed the socket while something was on its way: with TLS 1.3, also when it refuses a certificate. */
    private static boolean isReset(Throwable root) {
        String said = String.valueOf(root.getMessage());
        return root instanceof SocketException && (said.contains("reset") || said.contains("Broken pipe"));
    }

    private static String ofPaho(MqttException mqtt) {
        int code = mqtt.getReasonCode();
        if (ReasonCode.of(code).isPresent()) return "the broker refused: " + ReasonCode.words(code);
        return switch (code) {
            case MqttException.REASON_CODE_INVALID_RETURN_CODE,
                    MqttException.REASON_CODE_INVALID_IDENTIFIER,
                    MqttException.REASON_CODE_MALFORMED_PACKET,
                    MqttException.REASON_CODE_DUPLICATE_PROPERTY,
                    MqttClientException.REASON_CODE_INVALID_MESSAGE ->
                "the broker sent something that is not MQTT 5 (" + mqtt.getMessage()
                        + "); is this an MQTT broker's port?";
            case MqttClientException.REASON_CODE_CLIENT_TIMEOUT, MqttClientException.REASON_CODE_WRITE_TIMEOUT ->
                "the broker no longer answers";
            case MqttClientException.REASON_CODE_CONNECTION_LOST,
                    MqttClientException.REASON_CODE_CLIENT_NOT_CONNECTED,
                    MqttClientException.REASON_CODE_CLIENT_CLOSED -> "the connection was lost";
            default -> mqtt.getMessage() + " (" + code + ")";
        };
    }

    private static String lower(String said) {
        return said.isEmpty() ? "connection lost" : Character.toLowerCase(said.charAt(0)) + said.substring(1);
    }

    private static Throwable root(Throwable problem) {
        Throwable root = problem;
        for (Throwable cause = root.getCause(); cause != null; cause = root.getCause()) root = cause;
        return root;
    }

    /** How the broker, or a failure, ended an established connection. */
    static Ended of(MqttDisconnectResponse response) {
        MqttException problem = response.getException();
        if (problem != null && response.getReturnCode() == 0) {
            return new Ended(new Loss(ofLoss(problem), false), true, isSilence(problem), Optional.of(problem));
        }
        int code = response.getReturnCode();
        boolean takenOver = ReasonCode.of(code)
                .filter(ReasonCode.SESSION_TAKEN_OVER::equals)
                .isPresent();
        String said = response.getReasonString() == null ? "" : ": " + response.getReasonString();
        String words = "the broker disconnected: " + ReasonCode.words(code) + said;
        boolean byMessage =
                ReasonCode.of(code).map(ReasonCode::mayBeAboutPublish).orElse(true);
        return new Ended(new Loss(words, takenOver), byMessage, false, Optional.empty());
    }

    private static boolean isSilence(MqttException problem) {
        return problem.getReasonCode() == MqttClientException.REASON_CODE_CLIENT_TIMEOUT
                || problem.getReasonCode() == MqttClientException.REASON_CODE_WRITE_TIMEOUT;
    }

    /**
     * How an established connection ended.
     *
     * @param byMessage whether a message of ours may be the reason
     * @param isSilence whether the broker just stopped answering
     */
    record Ended(Loss loss, boolean byMessage, boolean isSilence, Optional<Throwable> cause) {}

    /** Whether the broker sent something that Paho cannot decode. */
    static boolean isUnreadable(Throwable problem) {
        return problem instanceof MqttException mqtt
                && (mqtt.getReasonCode() == MqttException.REASON_CODE_MALFORMED_PACKET
                        || mqtt.getReasonCode() == MqttClientException.REASON_CODE_INVALID_MESSAGE);
    }
}
