package io.efka.agent.state;

import io.efka.agent.state.StateStore.StoreLimits;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * The agent's stand-in in the kill loop: threads that commit back to back, each key's document twice in one commit, and
 * say on stderr what was acknowledged. It runs until it is killed.
 *
 * <p>Arguments: data folder, threads, bytes of a journal.
 */
final class CommitLoad {
    static final int KEYS = 25;

    // One write(2) a line: a kill cannot cut a line in two, nor lose one that was written.
    private final FileOutputStream stderr = new FileOutputStream(FileDescriptor.err);
    private final StateStore store;

    private CommitLoad(StateStore store) {
        this.store = store;
    }

    public static void main(String[] arguments) throws Exception {
        var bounds = new StoreLimits(Long.parseLong(arguments[2]), Duration.ofMillis(500), 5, 4_000);
        var load = new CommitLoad(StateStore.open(Path.of(arguments[0]), new KernelDisk(), bounds));
        for (String damage : load.store.damages()) load.say("damage " + damage);
        load.say("open");
        for (int thread = 0; thread < Integer.parseInt(arguments[1]); thread++) {
            String name = "t" + thread;
            new Thread(() -> load.commitForEver(name), name).start();
        }
    }

    private void commitForEver(String thread) {
        try {
            for (long number = last(thread) + 1; ; number++) {
                String key = key(thread, number);
                String document = number + " " + "x".repeat((int) (number * 37 % 300));
                store.commitSoon(List.of(Change.put("soon", thread, document)));
                store.commit(List.of(Change.put("one", key, document), Change.put("two", key, document)));
                say("ack " + thread + " " + number);
            }
        } catch (Exception e) {
            say("failed " + e);
        }
    }

    static String key(String thread, long number) {
        return thread + "-" + number % KEYS;
    }

    static long number(String document) {
        return Long.parseLong(document.substring(0, document.indexOf(' ')));
    }

    private long last(String thread) {
        Map<String, String> documents = store.documents("one");
        long last = 0;
        for (int key = 0; key < KEYS; key++) {
            String document = documents.get(key(thread, key));
            if (document != null) last = Math.max(last, number(document));
        }
        return last;
    }

    private void say(String line) {
        try {
            stderr.write((line + "\n").getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            Runtime.getRuntime().halt(1); // whoever listened is gone
        }
    }
}
