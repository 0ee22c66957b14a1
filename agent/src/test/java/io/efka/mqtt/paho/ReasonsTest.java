package io.efka.mqtt.paho;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.EOFException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.security.cert.CertPathBuilderException;
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
