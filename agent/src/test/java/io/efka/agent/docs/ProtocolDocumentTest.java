package io.efka.agent.docs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import com.google.gson.Gson;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.Strictness;
import com.google.gson.TypeAdapter;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import io.efka.protocol.Cause;
import io.efka.protocol.ErrorCode;
import io.efka.protocol.manifest.ManifestParser;
import io.efka.protocol.manifest.ManifestReading;
import java.io.IOException;
import java.io.StringReader;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Holds {@code agent/docs/protocol.md} and the README against the code. Settings and commands have tests in their rooms. */
final class ProtocolDocumentTest {
    private static final Markdown PROTOCOL = Markdown.protocol();

    @Nested
    class Examples {
        static Stream<String> blocks() {
            return Stream.of(PROTOCOL, Markdown.readme()).flatMap(document -> document.jsonBlocks().stream());
        }

        @Test
        void areFound() {
            assertThat(PROTOCOL.jsonBlocks()).hasSizeGreaterThan(20);
        }

        @ParameterizedTest
        @MethodSource("blocks")
        void areOneJsonObject(String block) {
            assertThatCode(() -> parse(block)).as(block).doesNotThrowAnyException();
            assertThat(parse(block).isJsonObject()).as(block).isTrue();
        }

        @ParameterizedTest
        @MethodSource("blocks")
        void showManifestsThatCanBeUsedWithoutAWarning(String block) {
            manifests(parse(block).getAsJsonObject())
                    .forEach(manifest -> assertThat(ManifestParser.read(manifest))
                            .as(manifest)
                            .isInstanceOfSatisfying(
                                    ManifestReading.Usable.class,
                                    usable -> assertThat(usable.warnings()).isEmpty()));
        }

        private static Stream<String> manifests(JsonObject object) {
            Stream<String> own = Stream.of("manifest")
                    .filter(object::has)
                    .map(key -> object.get(key).toString());
            Stream<String> itself = object.has("health_check") ? Stream.of(object.toString()) : Stream.empty();
            Stream<String> inner =
                    object.has("services") && object.get("services").isJsonObject()
                            ? object.getAsJsonObject("services").asMap().values().stream()
                                    .filter(JsonElement::isJsonObject)
                                    .flatMap(service -> manifests(service.getAsJsonObject()))
                            : Stream.empty();
            return Stream.of(own, itself, inner).flatMap(all -> all);
        }

        private static JsonElement parse(String block) {
            TypeAdapter<JsonElement> any = new Gson().getAdapter(JsonElement.class);
            try (var reader = new JsonReader(new StringReader(block))) {
                reader.setStrictness(Strictness.STRICT);
                JsonElement element = any.read(reader);
                assertThat(reader.peek()).isEqualTo(JsonToken.END_DOCUMENT);
                return element;
            } catch (IOException e) {
                throw new AssertionError(e.getMessage() + " in " + block, e);
            }
        }
    }

    @Nested
    class Tables {
        @Test
        void nameEveryErrorCodeWithItsCauseAndRemedy() {
            List<List<String>> codes = Arrays.stream(ErrorCode.values())
                    .map(code -> List.of(code.word(), plain(code.cause()), plain(code.remedy())))
                    .toList();
            assertThat(PROTOCOL.table("| code | cause | remedy |")).isEqualTo(codes);
        }

        @Test
        void nameEveryKeyOfTheManifestWithItsDefault() {
            List<List<String>> keys = ManifestParser.knownKeys().stream()
                    .map(key -> List.of(
                            key.path(),
                            key.required() ? "yes" : "no",
                            key.standard().orElse("")))
                    .toList();
            List<List<String>> rows = PROTOCOL.table("| key | type | required | default | meaning and range |").stream()
                    .map(row -> List.of(row.get(0), row.get(2), row.get(3)))
                    .toList();
            assertThat(rows).isEqualTo(keys);
        }

        @Test
        void nameEveryKindOfCause() {
            List<String> kinds = Arrays.stream(Cause.Kind.values())
                    .map(kind -> kind.name().toLowerCase(Locale.ROOT))
                    .toList();
            List<List<String>> rows = PROTOCOL.section("## Status of a service").table("| kind | meaning |");
            assertThat(Markdown.first(rows)).isEqualTo(kinds);
        }

        private static String plain(String text) {
            return text.replace("`", "");
        }
    }
}
