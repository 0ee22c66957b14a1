package io.efka.agent.process.tree;

import io.efka.agent.process.proc.InheritedEnvironment;
import io.efka.agent.process.proc.LaunchRefused;
import io.efka.agent.process.proc.RunAsUser;
import io.efka.agent.process.proc.SystemTools;
import io.efka.protocol.EfkaVariables;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;

/**
 * The script that turns a new shell into the program. The shell reads it from its stdin, not from its arguments: so it
 * is UTF-8 whatever the agent's locale is, its size has no limit, and {@code ps} does not show it. It is one brace
 * group, so a shell that receives only a part of it executes nothing.
 *
 * <p>Descriptor 3 is the report to the agent: one warning per line. {@code exec … 3>&-} makes the shell keep it in a
 * close-on-exec descriptor, so the agent reads its end at the moment when the program begins.
 */
final class LaunchScript {
    /** Variables that some shells reserve or refuse to set. */
    private static final Set<String> RESERVED = Set.of(
            "_",
            "PPID",
            "UID",
            "EUID",
            "PWD",
            "OLDPWD",
            "OPTIND",
            "LINENO",
            "SHELLOPTS",
            "BASHOPTS",
            "SHLVL",
            "BASH_VERSINFO",
            "FUNCNAME",
            "GROUPS");

    private final StringBuilder script = new StringBuilder(512);

    private LaunchScript() {}

    /** The script for a spec. */
    static String of(LaunchSpec spec) throws LaunchRefused {
        return new LaunchScript().write(spec);
    }

    private String write(LaunchSpec spec) throws LaunchRefused {
        script.append("{\nexec 3>&1\n");
        line("cd " + quoted(spec.workDir()) + " || exit 126");
        line("unset OLDPWD");
        spec.bounds().joins().forEach(this::join);
        spec.bounds().umask().ifPresent(mask -> line("umask " + String.format("%04o", mask)));
        stdio(spec.stdio());
        // in blocks of 512 bytes (POSIX)
        limit("core", "-c", divided(spec.bounds().core(), 512));
        limit("nofile", "-n", spec.bounds().nofile());
        if (spec.bounds().nofile().isEmpty()) {
            spec.bounds().softNofile().ifPresent(files -> line("ulimit -S -n " + files + " 2>/dev/null"));
        }
        exec(spec);
        return script.append("}\n").toString();
    }

    private void join(Path file) {
        line("{ echo 0 >" + quoted(file) + "; } 2>/dev/null || echo "
                + quoted("control group " + file.getParent() + " could not be joined") + " >&3");
    }

    private void stdio(LaunchSpec.Stdio stdio) {
        line("in=" + quoted(stdio.stdin()));
        if (!stdio.stdin().equals(LaunchSpec.Stdio.NOTHING)) {
            line("[ -p \"$in\" ] || mkfifo -m 600 \"$in\" 2>/dev/null || { in=/dev/null; echo "
                    + quoted("stdin: no FIFO could be made at " + stdio.stdin() + ": it is /dev/null") + " >&3; }");
        }
        line("exec <>\"$in\" >>" + quoted(stdio.stdout()) + " 2>>" + quoted(stdio.stderr()));
    }

    private void limit(String name, String flag, OptionalLong value) {
        if (value.isEmpty()) return;
        line("ulimit " + flag + " " + value.getAsLong() + " 2>/dev/null || echo "
                + quoted("limits." + name + ": the agent may not set it") + " >&3");
    }

    private static OptionalLong divided(OptionalLong value, int by) {
        return value.isPresent() ? OptionalLong.of(value.getAsLong() / by) : value;
    }

    private void exec(LaunchSpec spec) throws LaunchRefused {
        var plain = new TreeMap<String, String>();
        var special = new TreeMap<String, String>();
        for (Map.Entry<String, String> variable : spec.environment().entrySet()) {
            requireText("env " + variable.getKey(), variable.getKey() + variable.getValue());
            if (spec.marks().containsKey(variable.getKey())) continue;
            boolean isPlain =
                    InheritedEnvironment.NAME.matcher(variable.getKey()).matches()
                            && !RESERVED.contains(variable.getKey());
            (isPlain ? plain : special).put(variable.getKey(), variable.getValue());
        }
        for (var mark : new TreeMap<>(spec.marks()).entrySet()) {
            line("export " + mark.getKey() + "=" + quoted(mark.getValue()));
        }
        boolean specialCanBeSet = !spec.program().toString().contains("=");
        if (!specialCanBeSet) special.keySet().forEach(this::cannotBeSet);
        Optional<RunAsUser> account = spec.bounds().account();
        if (account.isPresent()) {
            becomeUser(account.get(), plain);
        } else {
            plain.forEach((name, value) -> line("export " + name + "=" + quoted(value)));
            script.append("exec");
        }
        if (!special.isEmpty() && specialCanBeSet) setByProgram(special);
        word(spec.program().toString());
        for (String arg : spec.args()) {
            requireText("args", arg);
            word(arg);
        }
        script.append(" 3>&-\n");
    }

    /**
     * The inner shell keeps the report open during setpriv, so its end still means that the program begins. The
     * variables get their names only in that shell, which runs as the user: otherwise setpriv, as root, would execute
     * an LD_PRELOAD of the manifest. Their values are passed in the environment, because everybody can read a command
     * line.
     */
    private void becomeUser(RunAsUser account, Map<String, String> variables) throws LaunchRefused {
        Path setpriv = SystemTools.find("setpriv")
                .orElseThrow(() -> new LaunchRefused("setpriv (util-linux) is needed to switch users and is missing"));
        var inner = new StringBuilder();
        int number = 0;
        for (Map.Entry<String, String> variable : variables.entrySet()) {
            String carrier = EfkaVariables.PREFIX + "ENV_" + number++;
            line("export " + carrier + "=" + quoted(variable.getValue()));
            inner.append("export ")
                    .append(variable.getKey())
                    .append("=\"$")
                    .append(carrier)
                    .append("\"; ");
            inner.append("unset ").append(carrier).append("; ");
        }
        script.append("exec");
        word(setpriv.toString());
        word("--reuid=" + account.uid());
        word("--regid=" + account.gid());
        word(account.known() ? "--init-groups" : "--clear-groups");
        List.of(SystemTools.SHELL.toString(), "-c", inner + "exec \"$@\" 3>&-", SystemTools.SHELL.toString())
                .forEach(this::word);
    }

    /** env(1) takes every word with a {@code =} for a variable, even the program. */
    private void cannotBeSet(String name) {
        line("echo " + quoted("env " + name + ": cannot be set for a program whose path has a =") + " >&3");
    }

    /** Sets variables with names that a shell cannot set, with env(1). */
    private void setByProgram(Map<String, String> variables) throws LaunchRefused {
        Path env = SystemTools.find("env")
                .orElseThrow(() -> new LaunchRefused("env is needed to set " + variables.keySet() + " and is missing"));
        word(env.toString());
        word("--"); // a name may begin with a -
        variables.forEach((name, value) -> word(name + "=" + value));
    }

    private static void requireText(String where, String value) throws LaunchRefused {
        if (value.indexOf('\0') >= 0) throw new LaunchRefused(where + ": a NUL cannot be passed to a program");
    }

    private void line(String text) {
        script.append(text).append('\n');
    }

    private void word(String text) {
        script.append(' ').append(quoted(text));
    }

    private static String quoted(Object value) {
        return "'" + value.toString().replace("'", "'\\''") + "'";
    }
}
