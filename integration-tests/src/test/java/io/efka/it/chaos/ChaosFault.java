package io.efka.it.chaos;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/** What is done to the agent and its surroundings, and how often in nineteen times. */
enum ChaosFault {
    AGENT_KILL("agent killed with -9", 8),
    BROKER_RESTART("broker stopped and started", 2),
    BROKER_KILL("broker killed with -9 and started", 1),
    BROKER_WIPED("broker killed with -9, its memory lost, and started", 1),
    BROKER_PAUSE("broker held still", 1),
    SERVICE_CRASH("service killed with -9", 1),
    FLOOD("flood of output", 1),
    UPGRADE("agent ended gracefully and started", 1),
    FULL_DISK("disk full", 1),
    LINK_QUIRK("link quirk", 2);

    private final String words;
    private final int share;

    ChaosFault(String words, int share) {
        this.words = words;
        this.share = share;
    }

    String words() {
        return words;
    }

    /** One deck of all faults, shuffled: every nineteen faults hold each of them. */
    static List<ChaosFault> deck(Random random) {
        var deck = new ArrayList<ChaosFault>();
        for (ChaosFault fault : values()) deck.addAll(Collections.nCopies(fault.share, fault));
        Collections.shuffle(deck, random);
        return deck;
    }
}
