package io.efka.agent.artifact;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpClient;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SharedHttpClientTest {
    private final ManualTimers timers = new ManualTimers();
    private final SharedHttpClient shared = new SharedHttpClient(
            new HttpSource.Settings(false, Optional.empty(), 0, Map.of(), Optional.empty()), timers);

    @AfterEach
    void close() {
        shared.close();
    }

    private HttpClient use() throws Exception {
        HttpClient client = shared.acquire();
        shared.release();
        return client;
    }

    @Test
    void attemptsOneAfterTheOtherUseOneClient() throws Exception {
        HttpClient first = use();
        timers.pass(Duration.ofMinutes(5));

        assertThat(use()).isSameAs(first);
    }

    @Test
    void anIdleAgentHasNone() throws Exception {
        HttpClient first = use();
        assertThat(timers.runNext()).isEqualTo(Duration.ofMinutes(10));

        assertThat(use()).isNotSameAs(first);
    }

    @Test
    void oneInUseIsKept() throws Exception {
        use();
        HttpClient inUse = shared.acquire();
        timers.pass(Duration.ofHours(1));

        assertThat(use()).isSameAs(inUse);
    }
}
