// SPDX-License-Identifier: MIT
#pragma once

#include "app/demo/service.h"
#include "http/body_decoder.h"
#include "http/head_parser.h"

#include <QByteArray>
#include <QElapsedTimer>
#include <QObject>
#include <QTcpSocket>
#include <QTimer>

namespace reverxy::demo {

/// One connection to a backend of the demo: reads a request, lets the service answer, waits as long as the answer
/// says, sends it, and begins again (RFC 9112). Deletes itself when the peer leaves or is silent for too long.
class BackendConnection final : public QObject {
  public:
    /// Takes the socket over.
    BackendConnection(QTcpSocket* socket, Service& service, const QElapsedTimer& clock, QObject* parent);

  private:
    enum class State : uint8_t { Head, Body, Thinking, Streaming, Closing };

    void readSome();
    bool takeHead();
    bool takeBody();
    void think();
    void timeOut();
    void sendAnswer();
    void sendEvent();
    void sendHead(const Answer& answer);
    void beginRequest();
    void refuse(uint16_t status);
    void close();

    std::string_view input() const { return {m_input.constData(), static_cast<size_t>(m_input.size())}; }

    QTcpSocket* m_socket;
    Service& m_service;
    const QElapsedTimer& m_clock;
    QTimer m_timer;     // silence, the answer's delay or the next event, as the state says
    QByteArray m_input; // received and not taken
    State m_state = State::Head;
    http::RequestParser m_parser;
    http::RequestHead m_head; // its views are not used once the head is taken
    http::BodyDecoder m_decoder;
    Question m_question;
    Answer m_answer;
    uint64_t m_events = 0;
};

} // namespace reverxy::demo
