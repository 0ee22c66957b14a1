package io.efka.fleet.desired;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.efka.fleet.desired.WantedServices.Source;
import io.efka.fleet.desired.WantedServices.Wanted;
import io.efka.fleet.view.DeviceView;
import io.efka.fleet.view.Document;
import io.efka.fleet.view.FleetView;
import io.efka.mqtt.Message;
import io.efka.protocol.FleetTopics;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import org.junit.jupiter.api.Test;

/** What documents would change on one device. */
class DeviceDiffTest {
    private static final String HASH = "2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae";

    private final FleetView view = new FleetView(new FleetTopics("efka"));

    DeviceDiffTest() {
        publish("efka/gate7/status", "{\"online\":true}");
        publish("efka/gate7/svc/cam/status", "{\"release\":\"1.4-0f3a9c1e\",\"desired\":\"running\"}");
        publish("efka/gate7/svc/rec/status", "{\"release\":\"r-2c26b46b\",\"desired\":\"stopped\"}");
    }

    private void publish(String topic, String payload) {
        view.take(new Message(topic, payload.getBytes(StandardCharsets.UTF_8), 1, true, Message.Properties.NONE));
    }

    private DeviceView gate7() {
        return view.device("gate7").orElseThrow();
    }

    private static JsonObject json(String text) {
        return JsonParser.parseString(text).getAsJsonObject();
    }

    private static Source source(String id, String json, String report) {
        Optional<Document> said = report.isEmpty() ? Optional.empty() : Optional.of(new Document(json(report)));
        return new Source(id, Optional.of(DocumentId.parse(id)), json(json), said);
    }

    private static SortedMap<String, Wanted> wanted(Source... sources) {
        return WantedServices.of("gate7", List.of(sources));
    }

    private static SortedMap<String, Wanted> wanted(String services) {
        return wanted(source("@all/base", "{\"revision\":1,\"services\":" + services + "}", ""));
    }

    private List<String> retained(Map<String, Wanted> wanted) {
        return lines(RetainedComparison.of(gate7(), wanted));
    }

    private static List<String> lines(List<ServiceChange> changes) {
        return changes.stream()
                .map(one -> one.sign() + " " + one.service() + " " + one.text())
                .toList();
    }

    @Test
    void whatIsRetainedTellsReleasesAndWhatIsDesired() {
        assertThat(retained(wanted("{\"cam\":{\"release\":\"1.4\"}}"))).isEmpty();
        assertThat(retained(wanted("{\"cam\":{\"release\":\"1.4-0f3a9c1e\"}}"))).isEmpty();
        assertThat(retained(wanted("{\"cam\":{\"release\":\"1.5\"}}")))
                .containsExactly("~ cam release 1.4-0f3a9c1e -> 1.5");
        assertThat(retained(wanted("{\"rec\":{\"artifact\":{\"sha256\":\"" + HASH + "\"},\"start\":false}}")))
                .isEmpty();
        assertThat(retained(wanted("{\"rec\":{}}"))).containsExactly("~ rec desired stopped -> running");
        assertThat(retained(
                        wanted("{\"cam\":{\"artifact\":{\"sha256\":\"" + HASH + "\"}},\"door\":{\"release\":\"2\"}}")))
                .containsExactly("~ cam release 1.4-0f3a9c1e -> 2c26b46b", "+ door release 2");
        assertThat(retained(wanted("{\"cam\":{\"absent\":true},\"gone\":{\"absent\":true}}")))
                .containsExactly("- cam removed");
        assertThat(retained(wanted("{\"cam\":{\"manifest\":{\"release\":\"1.5\"}}}")))
                .containsExactly("~ cam release 1.4-0f3a9c1e -> 1.5");
        assertThat(retained(wanted("{\"cam\":{\"manifest\":{}}}")))
                .containsExactly("? cam cannot be told from what is retained: its content or its config");
    }

    @Test
    void whatTheDeviceHasDoneIsNotComparedAgain() {
        String json = "{\"revision\":4,\"services\":{\"cam\":{\"manifest\":{}}}}";

        assertThat(retained(wanted(source("@all/base", json, "{\"revision\":4,\"state\":\"done\"}"))))
                .isEmpty();
        assertThat(retained(wanted(source("@all/base", json, "{\"revision\":3,\"state\":\"done\"}"))))
                .hasSize(1);
        assertThat(retained(wanted(source(
                        "@all/base", json, "{\"revision\":4,\"state\":\"done\",\"drift\":[{\"service\":\"cam\"}]}"))))
                .hasSize(1);
    }

    @Test
    void theOwnDocumentWinsAndOfGroupsTheOneThatHasTheService() {
        String service = "{\"revision\":1,\"services\":{\"cam\":{\"release\":\"%s\"}}}";
        Source first =
                source("@all/base", service.formatted("a"), "{\"services\":{\"cam\":{\"conflict_with\":\"x\"}}}");
        Source second = source("@berlin/base", service.formatted("b"), "{\"services\":{\"cam\":{\"release\":\"b\"}}}");
        Source own = source("gate7/test", service.formatted("own"), "");

        assertThat(entry(wanted(first, second))).contains("\"b\"");
        assertThat(entry(wanted(second, first))).contains("\"b\"");
        assertThat(entry(wanted(own, first, second))).contains("own");
    }

    private static String entry(Map<String, Wanted> wanted) {
        return wanted.values().iterator().next().entry().toString();
    }

    @Test
    void theCandidateIsForItsShareAndARemovalForWhatWasBrought() {
        String share = "{\"revision\":1,\"services\":{\"cam\":{\"release\":\"1\"}},"
                + "\"candidate\":{\"share\":%d,\"salt\":\"s\",\"services\":{\"cam\":{\"release\":\"2\"}}}}";
        assertThat(entry(wanted(source("@all/base", share.formatted(0), "")))).contains("\"1\"");
        assertThat(entry(wanted(source("@all/base", share.formatted(100), "")))).contains("\"2\"");

        Source removed = source(
                "@all/base",
                "{\"revision\":2,\"removed\":true}",
                "{\"revision\":1,\"state\":\"done\",\"services\":{\"cam\":{\"release\":\"1\"},\"rec\":{\"overridden_by\":\"x\"}}}");
        assertThat(retained(wanted(removed))).containsExactly("- cam removed");
    }

    @Test
    void theDeviceIsAskedForWhatApplyUnderstands() {
        SortedMap<String, Wanted> wanted = wanted(
                "{\"cam\":{\"release\":\"1.5\",\"force\":true,\"config\":{\"fps\":1},\"start\":false},\"old\":{\"absent\":true}}");

        assertThat(PlanAnswer.question(wanted).orElseThrow())
                .hasToString("{\"services\":{\"cam\":{\"release\":\"1.5\",\"desired\":\"stopped\"}},\"plan\":true}");
        assertThat(PlanAnswer.question(wanted("{\"old\":{\"absent\":true}}"))).isEmpty();
        assertThat(PlanAnswer.configured(gate7(), wanted)).containsExactly("cam");
    }

    @Test
    void theAnswerOfTheDeviceIsRead() {
        SortedMap<String, Wanted> wanted = wanted(
                "{\"cam\":{\"release\":\"1.5\",\"config\":{\"fps\":2,\"new\":1}},\"door\":{},\"rec\":{},\"x\":{}}");
        var reply = new Document(json("""
                {"ok":false,"plan":[
                 {"service":"cam","change":"update","ok":true,"target":"1.5-aaaaaaaa","steps":[]},
                 {"service":"door","change":"create","ok":true,"target":"d-1"},
                 {"service":"rec","change":"unchanged","ok":true},
                 {"service":"x","ok":false,"error":{"code":"release_bad","message":"it failed here"}}]}
                """));

        assertThat(lines(PlanAnswer.changes(
                        gate7(), wanted, Optional.of(reply), Map.of("cam", json("{\"fps\":1,\"old\":true}")))))
                .containsExactly(
                        "~ cam release 1.4-0f3a9c1e -> 1.5-aaaaaaaa",
                        "~ cam config.fps 1 -> 2",
                        "+ cam config.new 1",
                        "- cam config.old true",
                        "+ door release d-1",
                        "! x release_bad: it failed here");
    }

    @Test
    void aRefusalOfTheWholeIsShown() {
        var reply = new Document(
                json(
                        "{\"ok\":false,\"error\":{\"code\":\"invalid_manifest\"},\"faults\":[{\"key\":\"services.cam.manifest.exec\",\"value\":\"missing\",\"expected\":\"is required\"}]}"));

        assertThat(lines(PlanAnswer.changes(gate7(), wanted("{\"cam\":{}}"), Optional.of(reply), Map.of())))
                .containsExactly("! * services.cam.manifest.exec is required, was missing");
    }

    @Test
    void documentsAreComparedKeyByKey() {
        assertThat(DocumentDiff.of(
                        json("{\"revision\":1,\"services\":{\"a\":{\"release\":\"1\"},\"b\":{}}}"),
                        json("{\"revision\":2,\"services\":{\"a\":{\"release\":\"2\"},\"c\":{\"x\":1}}}")))
                .map(DocumentDiff.Line::toString)
                .containsExactly(
                        "~ revision  1 -> 2",
                        "~ services.a.release  \"1\" -> \"2\"",
                        "- services.b  {}",
                        "+ services.c  {\"x\":1}");
    }
}
