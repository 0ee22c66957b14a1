package io.efka.fleet.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import io.efka.fleet.rollout.DeviceFacts.ReportFacts;
import io.efka.fleet.rollout.DeviceFacts.ServiceFacts;
import io.efka.fleet.rollout.DeviceFacts.Uptime;
import io.efka.fleet.view.Document;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class FactsReaderTest {
    private static Document document(String text) {
        return new Document(Samples.json(text));
    }

    @Test
    void aReportIsThatOfTheGroupsDocumentAlsoBehindTheDevicesOwn() {
        Document report = document("""
                {"v":1,"name":"camera","source":"device","revision":3,"track":"stable","state":"done","error":null,
                 "others":[{"source":"group/all","revision":12,"track":"candidate","state":"rolled_back",
                   "error":{"code":"unhealthy","message":"it crashed"}}]}""");
        assertThat(FactsReader.report(report, "group/all"))
                .contains(new ReportFacts(12, true, "rolled_back", Optional.of("unhealthy")));
        assertThat(FactsReader.report(report, "device")).contains(new ReportFacts(3, false, "done", Optional.empty()));
        assertThat(FactsReader.report(report, "group/roof")).isEmpty();
    }

    @Test
    void aReportOfADocumentThatWasNeverTakenHasNoRevision() {
        Document report = document("""
                {"v":1,"source":"group/all","revision":null,"track":null,"state":"refused","error":{"code":"bad_payload"}}""");
        ReportFacts facts = FactsReader.report(report, "group/all").orElseThrow();
        assertThat(facts.revision()).isZero();
        assertThat(facts.isFailed()).isTrue();
        assertThat(facts.problem()).isEqualTo("bad_payload");
    }

    @Test
    void aStatusAndMetricsSayHowAServiceIs() {
        Optional<Uptime> uptime = FactsReader.uptime(document("{\"seconds_desired\":29.5,\"seconds_as_desired\":29}"));
        assertThat(uptime).contains(new Uptime(29.5, 29));
        ServiceFacts facts = FactsReader.service(document("""
                        {"desired":"running","state":"backoff","ready":false,"health":"unknown","restarts":3,"crash_loop":true}"""), uptime);
        assertThat(facts).isEqualTo(new ServiceFacts(true, "backoff", false, false, true, 3, uptime));
        assertThat(facts.problem()).contains("backoff");
    }

    @Test
    void whatIsMissingOrMadeUpIsNoFact() {
        assertThat(FactsReader.uptime(document("{\"seconds_desired\":null,\"seconds_as_desired\":\"much\"}")))
                .isEmpty();
        ServiceFacts facts = FactsReader.service(document("{\"state\":7,\"restarts\":[]}"), Optional.empty());
        assertThat(facts.problem()).isEmpty();
        assertThat(facts.state()).isEqualTo("unknown");
    }
}
