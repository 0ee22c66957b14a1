package io.efka.agent.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Links between the documents of the repository lead somewhere. */
final class LinksTest {
    private static final Path TOP = Path.of("..");
    private static final Pattern LINK = Pattern.compile("]\\(([^)\\s]+)\\)");
    private static final Pattern HEADING = Pattern.compile("^#+ (.+)$", Pattern.MULTILINE);

    static Stream<Path> documents() throws IOException {
        try (Stream<Path> docs = Files.list(Path.of("docs"))) {
            List<Path> below =
                    docs.filter(file -> file.toString().endsWith(".md")).toList();
            return Stream.concat(Stream.of(TOP.resolve("README.md"), TOP.resolve("CHANGELOG.md")), below.stream());
        }
    }

    @ParameterizedTest
    @MethodSource("documents")
    void leadToAFileAndAHeading(Path document) throws IOException {
        List<String> links = LINK.matcher(Files.readString(document))
                .results()
                .map(link -> link.group(1))
                .filter(link -> !link.contains("://"))
                .toList();
        for (String link : links) {
            String[] parts = link.split("#", 2);
            Path folder = document.toAbsolutePath().normalize().getParent();
            Path target =
                    parts[0].isEmpty() ? document : folder.resolve(parts[0]).normalize();
            assertThat(target).as(link).exists();
            if (parts.length > 1) assertThat(anchors(target)).as(link).contains(parts[1]);
        }
    }

    /** As the usual renderers make them: lower case, blanks to hyphens, other signs left out. */
    private static List<String> anchors(Path document) throws IOException {
        return HEADING.matcher(Files.readString(document))
                .results()
                .map(heading -> heading.group(1)
                        .toLowerCase(Locale.ROOT)
                        .replaceAll("[^a-z0-9 _-]", "")
                        .replace(' ', '-'))
                .toList();
    }
}
