package io.efka.agent.files;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which files a command line runs, beside its program. */
final class InterpretedFilesTest {
    private static final Path FOLDER = Path.of("/srv/cam");

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            value = {
                "/bin/sh run.sh data.txt                        | /srv/cam/run.sh",
                "/bin/sh /opt/run.sh                            | /opt/run.sh",
                "/bin/sh -e run.sh                              | /srv/cam/run.sh",
                "/bin/bash -eo pipefail -O extglob run.sh       | /srv/cam/run.sh",
                "/bin/bash --rcfile rc --norc run.sh            | /srv/cam/run.sh",
                "/bin/dash +x -- -run.sh                        | /srv/cam/-run.sh",
                "/bin/sh -c ./run.sh                            | -",
                "/bin/sh -ec ./run.sh                           | -",
                "/bin/sh -s run.sh                              | -",
                "/bin/sh - run.sh                               | -",
                "/bin/busybox sh -x run.sh                      | /srv/cam/run.sh",
                "/bin/busybox httpd -h www                      | -",
                "/usr/bin/python3 -u -W ignore -Xdev app.py a   | /srv/cam/app.py",
                "/usr/bin/python3.11 -m http.server data        | -",
                "/usr/bin/python3 -uc print(1) data             | -",
                "/usr/bin/perl -w -I lib -Mfeature=say app.pl   | /srv/cam/app.pl",
                "/usr/bin/perl -ne print data                   | -",
                "/usr/bin/ruby3.1 -rjson -I lib app.rb          | /srv/cam/app.rb",
                "/usr/bin/node --inspect -r dotenv app.js data  | /srv/cam/app.js",
                "/usr/bin/nodejs --eval code data               | -",
                "/usr/bin/env -i A=b -u C python3 -u app.py     | /srv/cam/app.py",
                "/usr/bin/env A=b ./own data                    | -",
                "/usr/bin/java -Xmx32m -jar app.jar data        | /srv/cam/app.jar",
                "/usr/bin/java -cp a.jar:lib/* -Da=b Main data  | /srv/cam/a.jar /srv/cam/lib",
                "/usr/bin/java -javaagent:a.jar=x --source 17 App.java data | /srv/cam/a.jar /srv/cam/App.java",
                "/usr/bin/mosquitto -c conf data                | -",
                "run.sh data                                    | -",
            })
    void scriptsAreTold(String command, String scripts) {
        List<String> words = Arrays.asList(command.trim().split(" "));

        List<Path> found = InterpretedFiles.of(Path.of(words.get(0)), words.subList(1, words.size()), FOLDER);

        assertThat(found.stream().map(Path::toString).collect(Collectors.joining(" ")))
                .isEqualTo(scripts == null ? "" : scripts);
    }

    @Test
    void anInterpreterIsKnownByTheFileItsNameLeadsTo(@TempDir Path temp) throws IOException {
        Path python = Files.createFile(temp.resolve("python3.12"));
        Path link = Files.createSymbolicLink(temp.resolve("interpreter"), python);

        assertThat(InterpretedFiles.of(link, List.of("app.py"), FOLDER)).containsExactly(Path.of("/srv/cam/app.py"));
    }
}
