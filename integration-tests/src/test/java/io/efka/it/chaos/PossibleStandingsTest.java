package io.efka.it.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.efka.it.chaos.Revision.Wish;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PossibleStandingsTest {
    private static final Wish GOOD_1 = new Wish(1, true);
    private static final Wish GOOD_2 = new Wish(2, true);
    private static final Wish BAD_3 = new Wish(3, false);

    private final PossibleStandings possible = new PossibleStandings(Set.of("a", "b"));
    private long number;

    private Revision revision(boolean isEach, Map<String, Wish> entries) {
        return new Revision(++number, false, isEach, entries, false);
    }

    private Revision removal() {
        return new Revision(++number, true, false, Map.of(), false);
    }

    private void carriedOut(Revision revision) {
        possible.asked(revision);
        possible.over(revision, revision.finalState(), false);
    }

    private boolean found(int a, int b) {
        return possible.found(Map.of("a", a, "b", b));
    }

    @Test
    void aGoodRevisionIsCarriedOutWhole() {
        carriedOut(revision(false, Map.of("a", GOOD_1, "b", GOOD_1)));
        assertThat(found(1, 0)).isFalse();
        carriedOut(revision(false, Map.of("a", GOOD_2)));
        assertThat(found(2, 0)).isTrue();
    }

    @Test
    void aBadReleaseTakesBackAllOrOnlyItself() {
        carriedOut(revision(false, Map.of("a", GOOD_1, "b", GOOD_1)));
        carriedOut(revision(false, Map.of("a", GOOD_2, "b", BAD_3)));
        assertThat(found(1, 1)).isTrue();
        carriedOut(revision(true, Map.of("a", GOOD_2, "b", BAD_3)));
        assertThat(found(2, 1)).isTrue();
    }

    @Test
    void whatABadRevisionGoesBackToMayBeAnyBeforeIt() {
        carriedOut(revision(false, Map.of("a", GOOD_1, "b", GOOD_1)));
        possible.asked(revision(false, Map.of("a", GOOD_2, "b", GOOD_2)));
        carriedOut(revision(false, Map.of("a", BAD_3)));
        assertThat(possible.toString()).contains("release=1").contains("release=2");
        assertThat(found(1, 2)).isFalse();
    }

    @Test
    void aRemovalTakesWhatTheDocumentBroughtAndNothingElse() {
        carriedOut(revision(false, Map.of("a", GOOD_1, "b", GOOD_1)));
        carriedOut(revision(false, Map.of("a", GOOD_1)));
        carriedOut(revision(false, Map.of("a", GOOD_1, "b", GOOD_1)));
        carriedOut(removal());
        assertThat(possible.mayBeMissing("b")).isFalse();
        assertThat(found(0, 1)).isTrue();
    }

    @Test
    void onAFullDiskSomeOfARevisionMayBeDone() {
        carriedOut(revision(false, Map.of("a", GOOD_1, "b", GOOD_1)));
        Revision last = revision(false, Map.of("a", GOOD_2, "b", GOOD_2));
        possible.asked(last);
        possible.over(last, "failed", true);
        assertThat(found(1, 2)).isTrue();
    }

    @Test
    void whatARevisionHasRemovedIsNotBroughtBackByTheNextOne() {
        carriedOut(revision(false, Map.of("a", GOOD_1, "b", GOOD_1)));
        assertThat(found(1, 1)).isTrue();
        possible.asked(revision(false, Map.of("a", Wish.ABSENT, "b", GOOD_2)));
        carriedOut(revision(false, Map.of("b", BAD_3)));
        assertThat(found(0, 1)).isTrue();
    }
}
