package io.efka.agent.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.efka.agent.supervision.FakeTimers;
import io.efka.agent.supervision.Logs;
import io.efka.fixtures.Await;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SearchPoolTest {
    private static final String NOTHING = "nothing";

    private final FakeTimers timers = new FakeTimers();
    private final AtomicLong now = new AtomicLong();
    private final CountDownLatch gate = new CountDownLatch(1);
    private final AtomicInteger reading = new AtomicInteger();
    private SearchPool searches = new SearchPool(timers, now::get, 4);

    @AfterEach
    void close() {
        gate.countDown();
        searches.close();
    }

    private String read(SearchBudget budget) {
        reading.incrementAndGet();
        try {
            assertThat(gate.await(20, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        return NOTHING;
    }

    private List<CompletableFuture<String>> ask(int count) {
        var answers = new ArrayList<CompletableFuture<String>>();
        for (int i = 0; i < count; i++) answers.add(searches.run(this::read));
        return answers;
    }

    @Test
    void twoSearchSixtyFourWaitAndMoreAreRefused() {
        List<CompletableFuture<String>> answers = ask(67);
        Await.until("two are searched for", () -> reading.get() == 2);
        assertThatThrownBy(() -> answers.get(66).join()).hasCauseInstanceOf(Logs.Busy.class);
        gate.countDown();
        for (var answer : answers.subList(0, 66)) assertThat(answer.join()).isEqualTo(NOTHING);
    }

    @Test
    void whoWaitedTooLongIsNotSearchedForAnyMore() {
        List<CompletableFuture<String>> answers = ask(3);
        Await.until("two are searched for", () -> reading.get() == 2);
        now.set(TimeUnit.MILLISECONDS.toNanos(1001));
        gate.countDown();
        assertThatThrownBy(() -> answers.get(2).join()).hasCauseInstanceOf(Logs.Busy.class);
        assertThat(reading).hasValue(2);
    }

    @Test
    void aDiskThatHangsIsSaidAfterFiveSeconds() {
        List<CompletableFuture<String>> answers = ask(3);
        timers.advance(Duration.ofSeconds(5));
        for (var answer : answers) {
            assertThatThrownBy(answer::join)
                    .hasCauseInstanceOf(IOException.class)
                    .hasMessageContaining("the disk did not answer for 5 s");
        }
    }

    @Test
    void anErrorIsAnAnswerAndTheNextSearchIsRunAllTheSame() {
        searches.close();
        var first = new AtomicInteger();
        searches = new SearchPool(timers, now::get, 1);
        SearchPool.Search<String> search = budget -> {
            if (first.getAndIncrement() == 0) throw new OutOfMemoryError("none left");
            return NOTHING;
        };
        assertThatThrownBy(searches.run(search)::join).hasCauseInstanceOf(OutOfMemoryError.class);
        assertThat(searches.run(search).join()).isEqualTo(NOTHING);
    }
}
