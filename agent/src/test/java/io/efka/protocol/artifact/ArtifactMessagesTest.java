package io.efka.protocol.artifact;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.efka.protocol.DeviceId;
import io.efka.protocol.Sha256;
import io.efka.protocol.Topics.GroupId;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ArtifactMessagesTest {
    private static final Sha256 HASH = Sha256.of("pieces".getBytes(UTF_8));
    private static final DeviceId DEV1 = new DeviceId("dev1");

    private static byte[] json(String text) {
        return text.replace('\'', '"').getBytes(UTF_8);
    }

    @Nested
    final class Info {
        @Test
        void isReadAsItWasWritten() {
            var info = new ArtifactInfo("camera-1.4.2.tar.gz", 7_340_032, 65_536, HASH);

            assertThat(ArtifactInfo.parse(info.json())).isEqualTo(info);
            assertThat(new String(info.json(), UTF_8))
                    .isEqualTo(
                            "{\"v\":1,\"name\":\"camera-1.4.2.tar.gz\",\"size\":7340032,\"chunk\":65536,\"chunks\":112,"
                                    + "\"pieces\":\"" + HASH + "\"}");
        }

        @Test
        void theLastChunkIsShorter() {
            var info = new ArtifactInfo("a", 2_500, 1_024, HASH);

            assertThat(info.chunks()).isEqualTo(3);
            assertThat(IntStream.range(0, 3).map(info::length)).containsExactly(1_024, 1_024, 452);
            assertThat(info.offset(2)).isEqualTo(2_048);
        }

        @ParameterizedTest
        @CsvSource(delimiter = '|', textBlock = """
                {'v':2}                                                    | v must be a whole number from 1 to 1, was 2
                {'v':1}                                                    | name must be a string, was missing
                {'v':1,'name':'','size':1,'chunk':1024,'chunks':1}         | pieces must be a string, was missing
                {'v':1,'name':'a','size':0}                                | size must be a whole number from 1 to
                {'v':1,'name':'a','size':1e3}                              | size must be a whole number from 1 to
                {'v':1,'name':'a','size':1,'chunk':1}                      | chunk must be a whole number from 1024 to 131072, was 1
                {'v':1,'name':'a','size':67108865,'chunk':1024,'pieces':'P'}  | size must be 1 to 67108864 (65536 chunks of 1024 bytes), was 67108865
                {'v':1,'name':'a','size':5,'chunk':1024,'chunks':2,'pieces':'P'}  | chunks must be a whole number from 1 to 1, was 2
                {'v':1,'name':'a','size':5,'chunk':1024,'chunks':1,'pieces':'x'}  | bad sha256
                []                                                         | must be a JSON object
                {                                                          | must be JSON
                """)
        void saysWhatIsWrongWithIt(String text, String message) {
            byte[] payload = json(text.replace("'P'", "'" + HASH + "'"));
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> ArtifactInfo.parse(payload))
                    .withMessageContaining(message);
        }

        @Test
        void refusesANameThatWouldMoveACursor() {
            assertThatIllegalArgumentException().isThrownBy(() -> new ArtifactInfo("a\u001b[2J", 1, 65_536, HASH));
        }
    }

    @Nested
    final class Wishes {
        @ParameterizedTest
        @ValueSource(
                strings = {
                    "{'v':1,'device':'dev1','info':true}",
                    "{'v':1,'device':'dev1','pieces':[0,4095]}",
                    "{'v':1,'device':'dev1','pieces':[0,4095],'chunk':1024}",
                    "{'v':1,'device':'dev1','chunks':[[0,61],[97,97],[99,99]]}"
                })
        void areWrittenAsTheyWereRead(String text) {
            assertThat(Wish.parse(json(text)).json()).isEqualTo(json(text));
        }

        @Test
        void askForTheFirst64OfWhatIsMissing() {
            var missing = new BitSet();
            missing.set(10, 40);
            missing.set(50, 500);

            Wish wish = Wish.of(DEV1, ChunkNumbers.firstOf(missing));

            assertThat(wish.chunks().ranges())
                    .containsExactly(new ChunkNumbers.Range(10, 39), new ChunkNumbers.Range(50, 83));
        }

        @Test
        void ofMoreThan64ChunksAreCutToTheLowest() {
            Wish wish = Wish.parse(json("{'v':1,'device':'dev1','chunks':[[100,65535],[0,9]]}"));

            assertThat(wish.chunks().all())
                    .containsExactlyElementsOf(IntStream.concat(IntStream.range(0, 10), IntStream.range(100, 154))
                            .boxed()
                            .toList());
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "{'v':1,'device':'dev/1'}",
                    "{'v':1,'device':'group'}",
                    "{'v':1,'device':'dev1','chunks':[[5,4]]}",
                    "{'v':1,'device':'dev1','chunks':[[0,65536]]}",
                    "{'v':1,'device':'dev1','chunks':[[-1,3]]}",
                    "{'v':1,'device':'dev1','chunks':[5]}",
                    "{'v':1,'device':'dev1','pieces':[[0,3]]}",
                    "{'v':1,'device':'dev1','info':'yes'}",
                    "{'v':1,'device':'dev1','chunks':[[0,3]],'chunk':0}",
                    "{'v':1,'device':'dev1','chunks':[[1e999999999,3]]}"
                })
        void thatMakeNoSenseAreRefused(String text) {
            assertThatIllegalArgumentException().isThrownBy(() -> Wish.parse(json(text)));
        }
    }

    @Test
    void holdingsAndAnswersAreReadAsTheyWereWritten() {
        var holding = new Holding(DEV1, 97, 112, Holding.State.RECEIVING);
        var answer = new Answer("efka-push", false, new ChunkNumbers(List.of(3, 1, 2)));

        assertThat(Holding.parse(holding.json())).isEqualTo(holding);
        assertThat(Answer.parse(answer.json())).isEqualTo(answer);
        assertThat(new String(answer.json(), UTF_8)).contains("\"chunks\":[[1,3]]");
    }

    @Nested
    final class Hashes {
        @Test
        void recogniseEachChunk() throws IOException {
            var content = new byte[2_500];
            Arrays.fill(content, 1_024, 2_048, (byte) 7);
            var whole = Sha256.newDigest();

            PieceHashes hashes = PieceHashes.read(new ByteArrayInputStream(content), 2_500, 1_024, whole);

            assertThat(Sha256.of(whole)).isEqualTo(Sha256.of(content));
            assertThat(hashes.count()).isEqualTo(3);
            assertThat(hashes.matches(1, Arrays.copyOfRange(content, 1_024, 2_048)))
                    .isTrue();
            assertThat(hashes.matches(1, new byte[1_024])).isFalse();
            assertThat(hashes.matches(2, new byte[452])).isTrue();
            assertThat(PieceHashes.of(hashes.slice(0, 3)).digest()).isEqualTo(hashes.digest());
        }

        @Test
        void ofAFileThatHasBecomeShorterAreNotMade() {
            assertThatThrownBy(() -> PieceHashes.read(
                            new ByteArrayInputStream(new byte[1_500]), 2_500, 1_024, Sha256.newDigest()))
                    .isInstanceOf(IOException.class)
                    .hasMessage("the file has become shorter");
        }
    }

    @Nested
    final class TopicsOfAnArtifact {
        private final ArtifactTopics topics = new ArtifactTopics("site/efka", GroupId.ALL, HASH);

        @Test
        void areTakenApartAsTheyWerePutTogether() {
            assertThat(topics.chunk(7)).isEqualTo("site/efka/group/all/artifact/" + HASH + "/chunk/7");
            assertThat(ArtifactTopics.parse("site/efka", topics.chunk(7)))
                    .contains(new ArtifactTopics.Parsed(topics, ArtifactTopics.Kind.CHUNK, "7"));
            assertThat(ArtifactTopics.parse("site/efka", topics.have(DEV1)))
                    .contains(new ArtifactTopics.Parsed(topics, ArtifactTopics.Kind.HAVE, "dev1"));
            assertThat(List.of(topics.info(), topics.pieces(), topics.want(), topics.answer()))
                    .allMatch(topic -> ArtifactTopics.parse("site/efka", topic).isPresent());
        }

        @ParameterizedTest
        @ValueSource(strings = {"chunk", "info/3", "want/dev1", "chunk/1/2", "other"})
        void ofOtherThingsAreNone(String leaf) {
            assertThat(ArtifactTopics.parse("efka", "efka/group/all/artifact/" + HASH + "/" + leaf))
                    .isEmpty();
        }
    }
}
