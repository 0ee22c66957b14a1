package io.efka.it.house;

import io.efka.it.Jars;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.zip.ZipEntry;
import net.bytebuddy.jar.asm.ClassReader;
import net.bytebuddy.jar.asm.ClassVisitor;
import net.bytebuddy.jar.asm.ClassWriter;
import net.bytebuddy.jar.asm.MethodVisitor;
import net.bytebuddy.jar.asm.Opcodes;

/** A copy of the packaged jar in which every method of Efka first says in which source file it is. */
final class TracedJar {
    private static final String TRACE = Trace.class.getName().replace('.', '/');

    private final List<String> sourceFiles = new ArrayList<>();

    private TracedJar() {}

    /** Writes it, and returns the source files in the order of their numbers. */
    static List<String> write(Path original, Path copy) throws IOException {
        var traced = new TracedJar();
        try (var source = new JarFile(original.toFile());
                var out = new JarOutputStream(Files.newOutputStream(copy), source.getManifest())) {
            for (ZipEntry entry : Collections.list(source.entries())) {
                String name = entry.getName();
                if (entry.isDirectory() || name.equals(JarFile.MANIFEST_NAME)) continue;
                byte[] bytes = Jars.read(source, entry);
                Jars.write(
                        out,
                        name,
                        name.startsWith("io/efka/") && name.endsWith(".class") ? traced.rewrite(name, bytes) : bytes);
            }
            try (InputStream in = Trace.class.getResourceAsStream("Trace.class")) {
                Jars.write(out, TRACE + ".class", in.readAllBytes());
            }
        }
        return traced.sourceFiles;
    }

    private byte[] rewrite(String name, byte[] original) {
        int number = number(name.replaceFirst("(\\$.*)?\\.class$", ".java"));
        var reader = new ClassReader(original);
        var writer = new ClassWriter(reader, ClassWriter.COMPUTE_MAXS);
        reader.accept(
                new ClassVisitor(Opcodes.ASM9, writer) {
                    @Override
                    public MethodVisitor visitMethod(
                            int access, String method, String descriptor, String signature, String[] exceptions) {
                        return new MethodVisitor(
                                Opcodes.ASM9, super.visitMethod(access, method, descriptor, signature, exceptions)) {
                            @Override
                            public void visitCode() {
                                super.visitCode();
                                visitLdcInsn(number);
                                visitMethodInsn(Opcodes.INVOKESTATIC, TRACE, "visit", "(I)V", false);
                            }
                        };
                    }
                },
                0);
        return writer.toByteArray();
    }

    private int number(String sourceFile) {
        int known = sourceFiles.indexOf(sourceFile);
        if (known >= 0) return known;
        sourceFiles.add(sourceFile);
        return sourceFiles.size() - 1;
    }
}
