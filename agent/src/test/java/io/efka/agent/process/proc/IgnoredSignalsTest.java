package io.efka.agent.process.proc;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class IgnoredSignalsTest {
    @Test
    void areReadAsTheKernelShowsThem() {
        assertThat(IgnoredSignals.in("Name:\tjava\nSigBlk:\t0000000000000004\nSigIgn:\t0000000000000003\nSigCgt:\t1\n"))
                .isEqualTo(3);
    }

    @Test
    void thoseOfTheCLibraryDoNotCount() {
        assertThat(IgnoredSignals.in("SigIgn:\t0000000180000000\n")).isZero();
    }

    @Test
    void aKernelThatDoesNotTellIsTakenToIgnoreNone() {
        assertThat(IgnoredSignals.in("Name:\tjava\n")).isZero();
    }
}
