// SPDX-License-Identifier: MIT
#include "base/sip_hash.h"

#include <bit>
#include <cstddef>
#include <cstring>

namespace reverxy {

namespace {

struct State {
    uint64_t a, b, c, d;

    void round() {
        a += b;
        b = std::rotl(b, 13) ^ a;
        a = std::rotl(a, 32);
        c += d;
        d = std::rotl(d, 16) ^ c;
        a += d;
        d = std::rotl(d, 21) ^ a;
        c += b;
        b = std::rotl(b, 17) ^ c;
        c = std::rotl(c, 32);
    }

    void add(uint64_t word) {
        d ^= word;
        round();
        round();
        a ^= word;
    }
};

/// Up to eight bytes as a little-endian number, whatever the machine's own order is.
uint64_t wordOf(std::string_view bytes) {
    uint64_t word = 0;
    if constexpr (std::endian::native == std::endian::little) {
        if (bytes.size() == 8) {
            std::memcpy(&word, bytes.data(), 8);
            return word;
        }
    }
    for (size_t i = bytes.size(); i > 0; --i)
        word = word << 8 | static_cast<unsigned char>(bytes[i - 1]);
    return word;
}

/// What `bytes` holds from `read` on, fewer than eight of them.
uint64_t lastWordOf(std::string_view bytes, size_t read) {
    const size_t left = bytes.size() - read;
    if (bytes.size() < 8 || left == 0)
        return wordOf(bytes.substr(read));
    return wordOf(bytes.substr(bytes.size() - 8)) >>
           (64 - 8 * left); // in one piece with some that were read before
}

} // namespace

uint64_t sipHash(const HashSeed& seed, std::string_view bytes) {
    State state{seed.first ^ 0x736f6d6570736575u, seed.second ^ 0x646f72616e646f6du,
                seed.first ^ 0x6c7967656e657261u, seed.second ^ 0x7465646279746573u};
    const uint64_t size = bytes.size();
    size_t read = 0;
    for (; size - read >= 8; read += 8)
        state.add(wordOf(bytes.substr(read, 8)));
    state.add(size << 56 | lastWordOf(bytes, read));
    state.c ^= 0xff;
    for (int i = 0; i < 4; ++i)
        state.round();
    return state.a ^ state.b ^ state.c ^ state.d;
}

} // namespace reverxy
