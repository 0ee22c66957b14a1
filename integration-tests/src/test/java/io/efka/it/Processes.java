package io.efka.it;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What runs on this machine, as the kernel says it. */
public final class Processes {
    private Processes() {}

    /** Living processes that work in a folder or below it, whoever started them and whoever their parent is now. */
    public static List<ProcessHandle> below(Path folder) {
        return ProcessHandle.allProcesses()
                .filter(process -> workFolder(process.pid()).startsWith(folder.toString()))
                .toList();
    }

    /** Whether a process is there, and not a zombie that nobody has fetched yet. */
    public static boolean isAlive(long pid) {
        try {
            String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
            return stat.charAt(stat.lastIndexOf(')') + 2) != 'Z';
        } catch (IOException gone) {
            return false;
        }
    }

    private static String workFolder(long pid) {
        try {
            return Files.readSymbolicLink(Path.of("/proc/" + pid + "/cwd")).toString();
        } catch (IOException gone) {
            return "";
        }
    }
}
