package io.efka.agent.main;

import com.google.gson.GsonBuilder;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import io.efka.protocol.Names;
import io.efka.protocol.Spelling;
import io.efka.protocol.json.StrictJson;
import io.efka.protocol.json.StrictJson.NotJsonException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import java.util.Set;

/**
 * The brokers that an operator works with, by name, and which one is in use: {@code ~/.config/efka/cli.json}. A password is
 * never in it; a context names the file that has it.
 */
final class Contexts {
    private static final String CURRENT = "current";
    private static final String ALL = "contexts";

    private final JsonObject root;
    private final Path file;

    /** The file cannot be used, or what was asked for is not in it. The message is for the operator. */
    static final class UnusableException extends Exception {
        private static final long serialVersionUID = 1L;

        UnusableException(String message) {
            super(message);
        }
    }

    private Contexts(JsonObject root, Path file) {
        this.root = root;
        this.file = file;
    }

    /** Where the contexts are, as {@code XDG_CONFIG_HOME} says. */
    static Path file(MachineDefaults machine) {
        String config = machine.environment().getOrDefault("XDG_CONFIG_HOME", "");
        // The XDG specification says to ignore a relative path.
        Path folder = config.startsWith("/") ? Path.of(config) : machine.home().resolve(".config");
        return folder.resolve("efka").resolve("cli.json").toAbsolutePath();
    }

    /** None, if there is no file. */
    static Contexts read(Path file) throws UnusableException {
        try {
            JsonElement json = StrictJson.parse(Files.readString(file, StandardCharsets.UTF_8))
                    .root();
            if (json instanceof JsonObject object) return new Contexts(object, file);
            throw new UnusableException(file + ": must be a JSON object");
        } catch (NoSuchFileException e) {
            return new Contexts(new JsonObject(), file);
        } catch (NotJsonException e) {
            throw new UnusableException(file + ": " + e.getMessage());
        } catch (IOException e) {
            throw new UnusableException(file + " cannot be read: " + e.getMessage());
        }
    }

    /** The names of all contexts. */
    Set<String> names() {
        return all().keySet();
    }

    /** The one in use. */
    Optional<String> current() {
        return root.get(CURRENT) instanceof JsonPrimitive name ? Optional.of(name.getAsString()) : Optional.empty();
    }

    /** What a context says, for people; treat it as read-only. */
    JsonObject content(String name) {
        return all().get(name) instanceof JsonObject object ? object : new JsonObject();
    }

    /** The settings of a context: the one named, or else the one in use, or else none. */
    ConfigFile config(Optional<String> named) throws UnusableException {
        Optional<String> wanted = named.or(this::current);
        if (wanted.isEmpty()) return ConfigFile.NONE;
        require(wanted.get());
        for (String key : content(wanted.get()).keySet()) {
            if (!FleetBroker.keys().contains(key)) {
                throw new UnusableException(file + ": context " + wanted.get() + " has a key \"" + key
                        + "\", which is none of " + String.join(", ", FleetBroker.keys()));
            }
        }
        return ConfigFile.parse(content(wanted.get()).toString());
    }

    /** Uses this one from now on. */
    void use(String name) throws UnusableException {
        require(name);
        root.addProperty(CURRENT, name);
        write();
    }

    /** Adds a context, or changes one. The first one is in use. */
    void put(String name, JsonObject settings) throws UnusableException {
        if (!Names.isLegal(name)) {
            throw new UnusableException(
                    "a context must be named with 1-64 of A-Z a-z 0-9 . _ -, not beginning with . or -");
        }
        JsonObject all = all();
        all.add(name, settings);
        root.add(ALL, all);
        if (current().isEmpty()) root.addProperty(CURRENT, name);
        write();
    }

    /** Removes a context; if it was in use, none is. */
    void remove(String name) throws UnusableException {
        require(name);
        all().remove(name);
        if (current().equals(Optional.of(name))) root.remove(CURRENT);
        write();
    }

    private JsonObject all() {
        return root.get(ALL) instanceof JsonObject object ? object : new JsonObject();
    }

    private void require(String name) throws UnusableException {
        if (all().has(name)) return;
        throw new UnusableException("there is no context \"" + name + "\" in " + file + Spelling.hint(name, names()));
    }

    private void write() throws UnusableException {
        String text = new GsonBuilder().setPrettyPrinting().create().toJson(root) + "\n";
        try {
            Files.createDirectories(file.getParent());
            Path real = Files.exists(file) ? file.toRealPath() : file; // it may be a link to somebody's dotfiles
            Path next = Files.createTempFile(real.getParent(), "cli", ".json");
            try {
                Files.writeString(next, text, StandardCharsets.UTF_8);
                Files.move(next, real, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            } finally {
                Files.deleteIfExists(next);
            }
        } catch (IOException e) {
            throw new UnusableException(file + " cannot be written: " + e.getMessage());
        }
    }
}
