package io.efka.mqtt.paho;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.EOFException;
import java.net.ConnectException;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ReasonsTest {
    @Test
    void whatPahoAndTheJdkThrowIsOneLineThatSaysWhatToDo() {
        assertThat(Reasons.ofFailure(new MqttException(new EOFException())))
                .contains("MQTT 5")
                .contains("ssl://");
        assertThat(Reasons.ofLoss(new MqttException(new EOFException()))).contains("closed the connection");
        assertThat(Reasons.ofFailure(new MqttException(new ConnectException("Connection refused"))))
                .isEqualTo("connection refused");
        assertThat(Reasons.ofFailure(new MqttException(new UnknownHostException("brocker"))))
                .contains("cannot be resolved: brocker");
        assertThat(Reasons.ofFailure(new MqttException(MqttException.REASON_CODE_INVALID_RETURN_CODE)))
                .contains("is this an MQTT broker's port?");
        assertThat(Reasons.ofFailure(untrusted())).contains("set ca to the file");
    }

    @Test
    void tlsTroubleIsSaidInAnOperatorsWords() {
        assertThat(Reasons.ofFailure(broken(new CertificateExpiredException("NotAfter: yesterday"))))
                .isEqualTo(
                        "the broker's certificate has expired (NotAfter: yesterday); if it has not, set this device's"
                                + " clock");
        assertThat(Reasons.ofFailure(broken(new CertificateNotYetValidException("NotBefore: tomorrow"))))
                .contains("is not valid yet")
                .contains("clock");
        assertThat(Reasons.ofFailure(broken(new CertificateException("No name matching broker found"))))
                .isEqualTo("the broker's certificate is for another host: no name matching broker found");
        assertThat(Reasons.ofFailure(broken(new CertPathValidatorException("signature check failed"))))
                .contains("set ca to the file");
        assertThat(Reasons.ofFailure(new MqttException(new SSLException("Unsupported or unrecognized SSL message"))))
                .contains("does not speak TLS");
        assertThat(Reasons.ofLoss(new MqttException(new SSLException("Received fatal alert: certificate_required"))))
                .contains("set cert and key");
        assertThat(Reasons.ofLoss(new MqttException(new SSLException("Received fatal alert: unknown_ca"))))
                .contains("does not accept this client's certificate");
    }

    @Test
    void aResetBeforeTheAnswerIsNoRiddle() {
        assertThat(Reasons.ofFailure(new MqttException(new SocketException("Connection reset"))))
                .contains("ssl://")
                .contains("tcp://");
        assertThat(Reasons.ofFailure(new MqttException(new SocketException("Broken pipe"))))
                .contains("may refuse this client");
        assertThat(Reasons.ofLoss(new MqttException(new SocketException("Connection reset"))))
                .isEqualTo("connection reset");
    }

    private static Exception broken(Exception cause) {
        var handshake = new SSLHandshakeException(String.valueOf(cause.getMessage()));
        handshake.initCause(cause);
        return new MqttException(handshake);
    }

    private static Exception untrusted() {
        var handshake = new SSLHandshakeException("PKIX path building failed");
        handshake.initCause(new CertPathBuilderException("unable to find valid certification path"));
        return new MqttException(handshake);
    }

    @ParameterizedTest
    @EnumSource(ReasonCode.class)
    void everyReasonCodeHasWordsAndSaysWhatToDo(ReasonCode code) {
        assertThat(code.words()).matches("[^(]+ \\(0x[89A][0-9A-F]; .+\\)");
    }
}
