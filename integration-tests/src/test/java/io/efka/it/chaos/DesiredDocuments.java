package io.efka.it.chaos;

import com.google.gson.JsonObject;
import io.efka.it.chaos.Revision.Wish;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.random.RandomGenerator;

/**
 * Makes up one revision after the other: new releases, good and bad ones, old ones again, services that are to be absent or are
 * not named, candidates, and removals. Not thread-safe.
 */
final class DesiredDocuments {
    /** So many earlier entries of a service may come again. */
    private static final int REMEMBERED = 3;

    private static final BigInteger WHOLE = BigInteger.ONE.shiftLeft(64);

    private final String device;
    private final List<ReleasedService> services;
    private final RandomGenerator random;
    private final Map<String, List<Wish>> earlier = new HashMap<>();
    private final Set<Integer> asked = new HashSet<>();
    private int releases;
    private long revisions;

    /** A revision, as it is published. */
    record Published(Revision revision, JsonObject document) {
        byte[] bytes() {
            return document.toString().getBytes(StandardCharsets.UTF_8);
        }
    }

    DesiredDocuments(String device, List<ReleasedService> services, RandomGenerator random) {
        this.device = device;
        this.services = services;
        this.random = random;
    }

    /** All releases that were asked for. */
    Set<Integer> asked() {
        return asked;
    }

    /** What was asked for so far does not come again: it may count as bad without being so. */
    void forget() {
        earlier.clear();
    }

    Published next() {
        if (random.nextInt(15) == 0) return removal();
        boolean isEach = random.nextInt(4) == 0;
        var stable = new TreeMap<String, Wish>();
        for (ReleasedService service : services) {
            if (random.nextInt(10) > 0) stable.put(service.id(), wish(service.id()));
        }
        JsonObject document = document(++revisions);
        document.add("services", entries(stable));
        if (isEach || random.nextBoolean()) document.addProperty("on_failure", isEach ? "each" : "rollback");
        var entries = new TreeMap<String, Wish>(stable);
        boolean isCandidate = false;
        if (random.nextInt(3) == 0) {
            String service = services.get(random.nextInt(services.size())).id();
            var candidate = new TreeMap<String, Wish>(Map.of(service, fresh()));
            int share = random.nextInt(101);
            document.add("candidate", candidate(share, "salt-" + revisions, candidate));
            isCandidate = isInShare(share, "salt-" + revisions);
            if (isCandidate) entries.putAll(candidate);
        }
        entries.values().forEach(wish -> asked.add(wish.release()));
        return new Published(new Revision(revisions, false, isEach, entries, isCandidate), document);
    }

    Published removal() {
        JsonObject document = document(++revisions);
        document.addProperty("removed", true);
        return new Published(new Revision(revisions, true, false, Map.of(), false), document);
    }

    /** One that no device may carry out. */
    byte[] never(long revision) {
        JsonObject document = document(revision);
        var entries = new TreeMap<String, Wish>();
        for (ReleasedService service : services) entries.put(service.id(), new Wish(++releases, true));
        document.add("services", entries(entries));
        return document.toString().getBytes(StandardCharsets.UTF_8);
    }

    private static JsonObject document(long revision) {
        var document = new JsonObject();
        document.addProperty("v", 1);
        document.addProperty("revision", revision);
        return document;
    }

    private Wish wish(String service) {
        List<Wish> known = earlier.computeIfAbsent(service, none -> new ArrayList<>());
        if (!known.isEmpty() && random.nextInt(3) == 0) return known.get(random.nextInt(known.size()));
        Wish wish = random.nextInt(7) == 0 ? Wish.ABSENT : fresh();
        if (known.size() == REMEMBERED) known.remove(0);
        known.add(wish);
        return wish;
    }

    private Wish fresh() {
        return new Wish(++releases, random.nextInt(5) > 0);
    }

    private JsonObject entries(Map<String, Wish> wishes) {
        var entries = new JsonObject();
        for (ReleasedService service : services) {
            Wish wish = wishes.get(service.id());
            if (wish != null) entries.add(service.id(), entry(service, wish));
        }
        return entries;
    }

    private static JsonObject entry(ReleasedService service, Wish wish) {
        if (wish.equals(Wish.ABSENT)) {
            var absent = new JsonObject();
            absent.addProperty("absent", true);
            return absent;
        }
        JsonObject entry = service.deploy(wish.release(), wish.isGood(), wish.isGood() ? "20s" : "2s");
        var config = new JsonObject();
        config.addProperty("number", wish.release());
        entry.add("config", config);
        return entry;
    }

    private JsonObject candidate(int share, String salt, Map<String, Wish> wishes) {
        var candidate = new JsonObject();
        candidate.addProperty("share", share);
        candidate.addProperty("salt", salt);
        candidate.add("services", entries(wishes));
        return candidate;
    }

    /** As the protocol has it: computed here, and not asked for. */
    private boolean isInShare(int share, String salt) {
        try {
            byte[] digest =
                    MessageDigest.getInstance("SHA-256").digest((salt + "/" + device).getBytes(StandardCharsets.UTF_8));
            var place = new BigInteger(1, digest, 0, 8);
            return place.multiply(BigInteger.valueOf(100)).compareTo(WHOLE.multiply(BigInteger.valueOf(share))) < 0;
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
