package io.efka.fleet.rollout;

import static io.efka.fleet.rollout.Samples.ANA;
import static io.efka.fleet.rollout.Samples.NOW;
import static io.efka.fleet.rollout.Samples.policy;
import static io.efka.fleet.rollout.Samples.release;
import static io.efka.fleet.rollout.Samples.rollout;
import static io.efka.fleet.rollout.Samples.running;
import static io.efka.fleet.rollout.Samples.tenOfAHundred;
import static org.assertj.core.api.Assertions.assertThat;

import io.efka.fleet.rollout.Policy.OnFailure;
import io.efka.fleet.rollout.RolloutState.Reason;
import java.math.BigDecimal;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

final class RolloutTest {
    private static Rollout after(Rollout rollout, RolloutEvent event) {
        return rollout.on(event, NOW.plusSeconds(9)).next();
    }

    private static RolloutEvent seen(Samples.AssessmentBuilder assessment) {
        return new RolloutEvent.Assessed(assessment.build());
    }

    @Nested
    class WhenRunning {
        @Test
        void theNextStepIsTheNextRevisionWithALargerShare() {
            Rollout next = after(running(1, "10"), seen(tenOfAHundred()));
            assertThat(next.share()).isEqualByComparingTo("50");
            assertThat(next.revision()).isEqualTo(13);
            assertThat(next.plan().progress().step()).isEqualTo(2);
            assertThat(next.plan().progress().reached()).isEqualByComparingTo("50");
            assertThat(next.document().services()).isEqualTo(release("1.4.2"));
            assertThat(next.candidate().services()).isEqualTo(release("1.5.0"));
            assertThat(next.document().others().get("splay").getAsString()).isEqualTo("10m");
        }

        @Test
        void theShareGrowsWithinAStepWhileNobodyIsUpdating() {
            Rollout wave = rollout(new Running(), 2, "20", policy("2%", "10%", OnFailure.PAUSE));
            Rollout next = after(wave, seen(tenOfAHundred().settling("d1")));
            assertThat(next.plan().progress().step()).isEqualTo(2);
            assertThat(next.share()).isEqualByComparingTo("50");
            assertThat(after(wave, seen(tenOfAHundred().updating("d1"))).share())
                    .isEqualByComparingTo("20");
        }

        @Test
        void nothingGoesOnBeforeAllHaveSettled() {
            for (Samples.AssessmentBuilder seen : new Samples.AssessmentBuilder[] {
                tenOfAHundred().settling("d1"), tenOfAHundred().unwell(1)
            }) {
                Rollout next = after(running(1, "10"), seen(seen));
                assertThat(next.revision()).isEqualTo(12);
                assertThat(next.plan().progress().counts().done()).isEqualTo(10);
            }
        }

        @Test
        void theLastStepWaitsForADeviceThatShowsThatItWorks() {
            Rollout last = running(3, "100");
            assertThat(after(last, seen(tenOfAHundred().done(0).outsiders())))
                    .isEqualTo(last.with(tenOfAHundred().done(0).outsiders().build()));
            Rollout promoted = after(last, seen(tenOfAHundred().outsiders()));
            assertThat(promoted.plan().state()).isEqualTo(new Succeeded());
            assertThat(promoted.document().services()).isEqualTo(release("1.5.0"));
            assertThat(promoted.candidate().services().size()).isZero();
            assertThat(promoted.share()).isZero();
        }

        @Test
        void beyondItsLimitsItPausesOrGoesBack() {
            Rollout paused = after(running(1, "10"), seen(tenOfAHundred().failed(2)));
            assertThat(paused.plan().state())
                    .isEqualTo(new Paused(Reason.ofLimits("2 devices of 10 failed; at most 2% may")));
            assertThat(paused.revision()).as("devices are left alone").isEqualTo(12);
            assertThat(paused.plan().progress().failed()).containsOnlyKeys("bad0", "bad1");

            Rollout careful = rollout(new Running(), 1, "10", policy("2%", "10%", OnFailure.ROLLBACK));
            Rollout back = after(careful, seen(tenOfAHundred().failed(2)));
            assertThat(back.plan().state()).isInstanceOf(Returning.class);
            assertThat(back.revision()).isEqualTo(13);
        }
    }

    @Nested
    class WhenGoingBack {
        @Test
        void everyDeviceGetsWhatWasBeforeAtOnce() {
            Rollout back = after(running(2, "50"), new RolloutEvent.AbortAsked(ANA));
            assertThat(back.document().services()).isEqualTo(release("1.4.2"));
            assertThat(back.share()).isZero();
            assertThat(back.plan().progress().reached()).isEqualByComparingTo("50");
            assertThat(back.document().others().keySet())
                    .as("nothing delays it")
                    .containsExactly("on_failure");
        }

        @Test
        void anUndoTakesBackASuccess() {
            Rollout done = rollout(new Succeeded(), 3, "100", policy());
            Rollout back = after(done, new RolloutEvent.UndoAsked(ANA));
            assertThat(back.document().services()).isEqualTo(release("1.4.2"));
            assertThat(back.plan().state()).isEqualTo(Returning.undoing(ANA));
        }

        @Test
        void itIsOverWhenEveryDeviceIsBackOrCannotBe() {
            Rollout back = rollout(Returning.aborting(ANA), 2, "50", policy());
            assertThat(after(back, seen(tenOfAHundred().goingBack("d1")))).isEqualTo(back);
            Rollout over = after(back, seen(tenOfAHundred().stuck("d2", "disk_full")));
            assertThat(over.plan().state()).isInstanceOfSatisfying(Returned.class, returned -> {
                assertThat(returned.isUndo()).isFalse();
                assertThat(returned.stuck()).containsEntry("d2", "disk_full");
            });
            assertThat(over.revision()).isEqualTo(back.revision());
        }
    }

    @Test
    void whoeverResumesAfterFailuresAcceptsThem() {
        Rollout paused = after(running(1, "10"), seen(tenOfAHundred().failed(2)));
        Rollout again = after(paused, new RolloutEvent.ResumeAsked());
        assertThat(again.plan().progress().excused()).isEqualTo(2);
        assertThat(after(again, seen(tenOfAHundred().failed(2))).share()).isEqualByComparingTo("50");
        assertThat(after(again, seen(tenOfAHundred().failed(3))).plan().state()).isInstanceOf(Paused.class);
    }

    @Test
    void everyTakeoverHasAHigherEpoch() {
        Rollout taken = running(1, "10").controlledBy("ben@gate", "beef");
        assertThat(taken.plan().controller()).isEqualTo(new RolloutPlan.Controller("ben@gate", "beef", 4));
    }

    @Test
    void theStepIsSaidInWords() {
        assertThat(running(1, "10").stepInWords()).isEqualTo("step 2 of 4, 10 %");
        assertThat(running(0, "0.123456").stepInWords()).isEqualTo("step 1 of 4, 0.123 %");
        assertThat(running(1, "43.308181").stepInWords()).isEqualTo("step 2 of 4, 43.3 %");
        assertThat(new BigDecimal("1E+2")).isEqualByComparingTo("100");
        assertThat(running(3, "1E+2").stepInWords()).isEqualTo("step 4 of 4, 100 %");
    }
}
