package io.efka.it.injection;

import io.efka.it.AgentProcess;
import io.efka.it.Jars;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.zip.ZipEntry;
import net.bytebuddy.jar.asm.ClassReader;
import net.bytebuddy.jar.asm.ClassVisitor;
import net.bytebuddy.jar.asm.ClassWriter;
import net.bytebuddy.jar.asm.MethodVisitor;
import net.bytebuddy.jar.asm.Opcodes;

/** Makes the {@code -javaagent} jar: {@link Injection}, and the classes of the packaged jar that ask it. */
final class InjectionJar {
    private static final String INJECTION = Injection.class.getName().replace('.', '/');

    private InjectionJar() {}

    /** Hand-overs that are not in the packaged jar any more. */
    static List<HandOver> missing(List<HandOver> all) throws IOException {
        var missing = new ArrayList<HandOver>();
        try (var jar = new JarFile(AgentProcess.JAR.toFile())) {
            for (HandOver one : all) {
                ZipEntry entry = jar.getEntry(one.internalName() + ".class");
                if (entry == null
                        || !rewrite(Jars.read(jar, entry), one.type(), Set.of(one.method()))
                                .found
                                .contains(one.method())) missing.add(one);
            }
        }
        return missing;
    }

    static void write(Path file, List<HandOver> all) throws IOException {
        var methods = new TreeMap<String, Set<String>>();
        for (HandOver one : all)
            methods.computeIfAbsent(one.type(), type -> new TreeSet<>()).add(one.method());
        var manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes().putValue("Premain-Class", InjectionAgent.class.getName());
        try (var source = new JarFile(AgentProcess.JAR.toFile());
                var out = new JarOutputStream(Files.newOutputStream(file), manifest)) {
            for (Class<?> own : List.of(Injection.class, InjectionAgent.class)) copyWithNested(own, out);
            for (Map.Entry<String, Set<String>> one : methods.entrySet()) {
                String name = one.getKey().replace('.', '/') + ".class";
                ZipEntry entry = source.getEntry(name);
                if (entry == null) throw new IOException(name + " is not in " + AgentProcess.JAR);
                Jars.write(
                        out,
                        InjectionAgent.REWRITTEN + name,
                        rewrite(Jars.read(source, entry), one.getKey(), one.getValue()).bytes);
            }
        }
    }

    private static void copyWithNested(Class<?> type, JarOutputStream out) throws IOException {
        Path file = Path.of(
                        type.getProtectionDomain().getCodeSource().getLocation().getPath())
                .resolve(type.getName().replace('.', '/') + ".class");
        String simple = type.getSimpleName();
        try (var beside = Files.list(file.getParent())) {
            for (Path one : beside.toList()) {
                String name = one.getFileName().toString();
                if (!name.equals(simple + ".class") && !name.startsWith(simple + "$")) continue;
                Jars.write(out, type.getPackageName().replace('.', '/') + "/" + name, Files.readAllBytes(one));
            }
        }
    }

    private record Rewritten(byte[] bytes, Set<String> found) {}

    private static Rewritten rewrite(byte[] original, String type, Set<String> methods) {
        var reader = new ClassReader(original);
        var writer = new ClassWriter(reader, 0);
        var found = new HashSet<String>();
        reader.accept(
                new ClassVisitor(Opcodes.ASM9, writer) {
                    @Override
                    public MethodVisitor visitMethod(
                            int access, String name, String descriptor, String signature, String[] exceptions) {
                        MethodVisitor next = super.visitMethod(access, name, descriptor, signature, exceptions);
                        boolean hasBody = (access & (Opcodes.ACC_ABSTRACT | Opcodes.ACC_BRIDGE)) == 0;
                        if (!methods.contains(name) || !hasBody) return next;
                        found.add(name);
                        return new Asking(next, type + "." + name);
                    }
                },
                0);
        return new Rewritten(writer.toByteArray(), found);
    }

    /** A method that asks first. */
    private static final class Asking extends MethodVisitor {
        private final String place;

        Asking(MethodVisitor next, String place) {
            super(Opcodes.ASM9, next);
            this.place = place;
        }

        @Override
        public void visitCode() {
            super.visitCode();
            visitLdcInsn(place);
            visitMethodInsn(Opcodes.INVOKESTATIC, INJECTION, "maybe", "(Ljava/lang/String;)V", false);
        }

        @Override
        public void visitMaxs(int maxStack, int maxLocals) {
            super.visitMaxs(Math.max(1, maxStack), maxLocals);
        }
    }
}
