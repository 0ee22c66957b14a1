package io.efka.agent.desired;

import static io.efka.agent.desired.Samples.CAM;
import static io.efka.agent.desired.Samples.PARSER;
import static io.efka.agent.desired.Samples.REC;
import static io.efka.agent.desired.Samples.parse;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.efka.agent.desired.DesiredDocument.OnFailure;
import io.efka.agent.desired.Entry.Content;
import io.efka.fleet.desired.DocumentCheck;
import io.efka.protocol.CommandException;
import io.efka.protocol.DeviceId;
import io.efka.protocol.ErrorCode;
import io.efka.protocol.ServiceId;
import io.efka.protocol.ServiceStatus.Desired;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class DocumentParserTest {

    private static Entry entry(Map<ServiceId, Entry> entries, ServiceId service) {
        return Optional.ofNullable(entries.get(service)).orElseThrow();
    }

    @Test
    void aDocumentWithEverything() {
        DesiredDocument document = parse("""
                {"v":1,"revision":12,
                 "services":{"cam":{"release":"1.4.2","artifact":{"url":"https://x","sha256":"00","size":1},
                   "config":{"fps":10}},"rec":{"absent":true}},
                 "candidate":{"share":12.5,"salt":"s","services":{"cam":{"release":"1.5.0"}},"plan":{"steps":[1]}},
                 "on_failure":"each","splay":"10m","not_before":"2026-01-02T03:00:00Z",
                 "window":{"from":"22:00","to":"04:00"},"expires_at":"2026-02-01T00:00:00+01:00"}
                """).document();
        assertThat(document.revision()).isEqualTo(12);
        assertThat(document.onFailure()).isEqualTo(OnFailure.EACH);
        assertThat(document.start().splay()).isEqualTo(Duration.ofMinutes(10));
        assertThat(document.expiresAt()).contains(Instant.parse("2026-01-31T23:00:00Z"));
        Entry cam = entry(document.services(), CAM);
        assertThat(cam.content()).isEqualTo(Content.RELEASE);
        assertThat(cam.arguments().keySet()).containsExactly("release", "artifact");
        assertThat(cam.config())
                .hasValueSatisfying(
                        config -> assertThat(config.get("fps").getAsInt()).isEqualTo(10));
        assertThat(entry(document.services(), REC).isAbsent()).isTrue();
        assertThat(document.candidate().orElseThrow().share().percent()).isEqualByComparingTo("12.5");
    }

    @Test
    void theCandidateStandsInForServicesOfItsNameOnItsDevicesOnly() {
        DesiredDocument all = parse("""
                {"v":1,"revision":1,"services":{"cam":{"release":"1"},"rec":{"release":"1"}},
                 "candidate":{"share":100,"salt":"s","services":{"cam":{"release":"2"}}}}
                """).document();
        assertThat(all.isCandidate(new DeviceId("dev1"))).isTrue();
        assertThat(entry(all.entries(new DeviceId("dev1")), CAM).arguments()).hasToString("{\"release\":\"2\"}");
        assertThat(entry(all.entries(new DeviceId("dev1")), REC).arguments()).hasToString("{\"release\":\"1\"}");
    }

    @Test
    void whatIsLeftOutHasTheDefaultsOfTheProtocol() {
        DesiredDocument document =
                parse("{\"v\":1,\"revision\":1,\"services\":{\"cam\":{}}}").document();
        assertThat(document.onFailure()).isEqualTo(OnFailure.ROLLBACK);
        assertThat(document.start()).isEqualTo(StartRule.AT_ONCE);
        Entry cam = entry(document.services(), CAM);
        assertThat(cam.content()).isEqualTo(Content.UNCHANGED);
        assertThat(cam.desired()).isEqualTo(Desired.RUNNING);
        assertThat(cam.config()).isEmpty();
    }

    @Test
    void theContentIsTheSameHoweverItIsWrittenAndWhateverThePlanSays() {
        String one = "{\"v\":1,\"revision\":1,\"services\":{\"cam\":{\"release\":\"1\",\"desired\":\"running\"}},"
                + "\"candidate\":{\"share\":1,\"salt\":\"s\",\"services\":{},\"plan\":{\"state\":\"running\"}}}";
        String other =
                "{\"candidate\" : {\"plan\":{\"state\":\"paused\"},\"salt\":\"s\",\"share\":1,\"services\":{}}, \"revision\":1,"
                        + "\"services\":{\"cam\":{\"desired\":\"running\",\"release\":\"1\"}},\"v\":1}";
        assertThat(parse(one).digest()).isEqualTo(parse(other).digest());
        assertThat(entry(parse(one).document().services(), CAM).digest())
                .isEqualTo(entry(parse(other).document().services(), CAM).digest());
        assertThat(parse(one.replace("\"share\":1", "\"share\":2")).digest())
                .isNotEqualTo(parse(one).digest());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                []                                                         | must be a JSON object
                {"v":1,"revision":1,"services":{}                          | must be JSON
                {"v":1,"v":1,"revision":1,"services":{}}                   | every key once, has twice: "v"
                {"revision":1,"services":{}}                               | v must be 1, the version this agent knows, was missing
                {"v":2,"revision":1,"services":{}}                         | v must be 1, the version this agent knows, was 2
                {"v":1,"services":{}}                                      | revision must be a whole number from 1 on, which grows, was missing
                {"v":1,"revision":0,"services":{}}                         | revision must be a whole number from 1 to 9007199254740991, was 0
                {"v":1,"revision":1.5,"services":{}}                       | revision must be a whole number
                {"v":1,"revision":1}                                       | services must be an object by service id
                {"v":1,"revision":1,"services":[]}                         | services must be an object, was []
                {"v":1,"revision":1,"services":{},"windw":{}}              | windw must be left out: this agent does not know it; did you mean "window"?
                {"v":1,"revision":1,"services":{"a b":{}}}                 | must have service ids as keys
                {"v":1,"revision":1,"services":{"cam":1}}                  | services.cam must be an object
                {"v":1,"revision":1,"services":{"cam":null}}               | services.cam must be an object
                {"v":1,"revision":1,"services":{"cam":{"relase":"1"}}}     | services.cam.relase must be left out: this agent does not know it; did you mean "release"?
                {"v":1,"revision":1,"services":{"cam":{"release":"1","plan":true}}} | services.cam.plan must be left out: this agent does not know it
                {"v":1,"revision":1,"services":{"cam":{"desired":"up"}}}   | services.cam.desired must be "running" or "stopped", was "up"
                {"v":1,"revision":1,"services":{"cam":{"config":[]}}}      | services.cam.config must be an object
                {"v":1,"revision":1,"services":{"cam":{"absent":true,"release":"1"}}}     | services.cam.release must be left out where absent is true
                {"v":1,"revision":1,"services":{"cam":{"work_dir":"/x","release":"1"}}}   | services.cam.release must be left out where work_dir is given
                {"v":1,"revision":1,"services":{"cam":{"work_dir":"/x","patch":{}}}}      | services.cam.patch must be left out where work_dir is given
                {"v":1,"revision":1,"services":{},"on_failure":"stop"}     | on_failure must be "rollback", "each" or "keep", was "stop"
                {"v":1,"revision":1,"services":{},"splay":"2d"}            | splay must be a duration of 1d at most
                {"v":1,"revision":1,"services":{},"splay":600}             | splay must be a string
                {"v":1,"revision":1,"services":{},"not_before":"tomorrow"} | not_before must be a time
                {"v":1,"revision":1,"services":{},"window":{"from":"2:00","to":"04:00"}}   | window.from must be a local time
                {"v":1,"revision":1,"services":{},"window":{"from":"02:00","to":"24:00"}}  | window.to must be a local time
                {"v":1,"revision":1,"services":{},"window":{"from":"02:00","to":"02:00"}}  | window.to must be another time than from
                {"v":1,"revision":1,"services":{},"window":{"from":"02:00"}}               | window.to must be a local time
                {"v":1,"revision":1,"services":{},"candidate":{"share":10,"services":{}}}  | candidate.salt must be a text
                {"v":1,"revision":1,"services":{},"candidate":{"salt":"s","services":{}}}  | candidate.share must be a number from 0 to 100, the percentage of devices, was missing
                {"v":1,"revision":1,"services":{},"candidate":{"share":101,"salt":"s"}}    | candidate.share must be a number from 0 to 100
                {"v":1,"revision":1,"services":{},"candidate":{"share":1e-999999999,"salt":"s"}} | candidate.share must be a number from 0 to 100
                {"v":1,"revision":1,"services":{},"candidate":{"share":1,"salt":"s","steps":[]}} | candidate.steps must be left out
                {"v":1,"revision":2,"removed":true,"services":{}}          | services must be left out where removed is true
                {"signed":"e30=","sig":"AAAA"}                             | the document is signed, and this agent cannot check signatures
                """)
    void whatIsWrongIsNamedWithItsValueAndWhatWouldBeRight(String text, String message) {
        assertThatExceptionOfType(CommandException.class)
                .isThrownBy(() -> PARSER.parse(text.getBytes(StandardCharsets.UTF_8)))
                .withMessageContaining(message);
        assertThatExceptionOfType(IllegalArgumentException.class)
                .as("the operator's command line refuses it as well")
                .isThrownBy(() -> checkAsOperator(text));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"v\":1,\"revision\":1,\"services\":{}}",
                "{\"v\":1,\"revision\":1,\"removed\":true,\"services\":null,\"splay\":\"1d\",\"expires_at\":null}",
                "{\"v\":1,\"revision\":1,\"services\":{\"cam\":{\"absent\":true},\"rec\":{\"absent\":false}}}",
                "{\"v\":1,\"revision\":1,\"services\":{\"cam\":{\"release\":\"1\",\"start\":false,\"force\":true}}}",
                "{\"v\":1,\"revision\":1,\"services\":{\"cam\":{\"patch\":{\"env\":{}},\"config\":{}}}}",
                "{\"v\":1,\"revision\":1,\"services\":{\"cam\":{\"work_dir\":\"/opt/cam\",\"desired\":\"stopped\"}}}",
                "{\"v\":1,\"revision\":1,\"services\":{},\"candidate\":{\"share\":0.5,\"salt\":\"s\",\"plan\":{}}}",
                "{\"v\":1,\"revision\":1,\"services\":{},\"window\":{\"from\":\"22:00\",\"to\":\"04:00\"}}"
            })
    void whatIsRightIsTakenByTheOperatorsCommandLineAsWell(String text) {
        assertThat(parse(text).document().revision()).isEqualTo(1);
        checkAsOperator(text);
    }

    private static void checkAsOperator(String text) {
        byte[] payload = text.getBytes(StandardCharsets.UTF_8);
        DocumentCheck.require(DocumentCheck.read(payload), payload.length);
    }

    @Test
    void bytesThatAreNoUtf8AndTooManyBytesAreRefused() {
        assertThatExceptionOfType(CommandException.class)
                .isThrownBy(() -> PARSER.parse(new byte[] {'{', (byte) 0xff, '}'}))
                .withMessage("the document must be UTF-8");
        assertThatExceptionOfType(CommandException.class)
                .isThrownBy(() -> PARSER.parse(new byte[DocumentParser.MAX_BYTES + 1]))
                .matches(refusal -> refusal.code() == ErrorCode.PAYLOAD_TOO_LARGE)
                .withMessageContaining("262145");
    }
}
