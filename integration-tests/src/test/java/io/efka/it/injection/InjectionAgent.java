package io.efka.it.injection;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.instrument.ClassFileTransformer;
import java.lang.instrument.Instrumentation;
import java.nio.file.Path;
import java.security.ProtectionDomain;

/** What the agent's JVM is started with: puts the rewritten classes, which are in the same jar, in place of the others. */
public final class InjectionAgent {
    /** Folder in the jar. */
    static final String REWRITTEN = "rewritten/";

    private InjectionAgent() {}

    /** @param folder for orders and answers */
    public static void premain(String folder, Instrumentation instrumentation) throws IOException {
        Injection.begin(Path.of(folder));
        instrumentation.addTransformer(new ClassFileTransformer() {
            @Override
            public byte[] transform(
                    ClassLoader loader, String name, Class<?> redefined, ProtectionDomain domain, byte[] bytes) {
                if (name == null || !name.startsWith("io/efka/")) return null;
                return rewritten(name);
            }
        });
    }

    private static byte[] rewritten(String name) {
        try (InputStream in = InjectionAgent.class.getClassLoader().getResourceAsStream(REWRITTEN + name + ".class")) {
            return in == null ? null : in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
