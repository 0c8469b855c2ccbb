// SPDX-License-Identifier: MIT
#pragma once

#include "app/demo/traffic_schedule.h"
#include "http/body_decoder.h"
#include "http/head_parser.h"

#include <QByteArray>
#include <QObject>
#include <QTcpSocket>
#include <QTimer>

#include <string>

namespace reverxy::demo {

/// One of the clients' connections to the proxy: sends a request, takes its response in and throws it away, and is
/// then idle again. Belongs to its thread.
class TrafficConnection final : public QObject {
    Q_OBJECT
  public:
    explicit TrafficConnection(QObject* parent);
    ~TrafficConnection() override;

    /// Once, and first of all. May fail at once, and then ended() comes before it returns.
    void open(const QString& host, quint16 port);

    /// Only while idle. `entityTag` is what If-None-Match is to say; "" for none.
    void send(const PlannedRequest& request, const std::string& entityTag);

    bool isIdle() const { return m_state == State::Idle; }

  Q_SIGNALS:
    /// A response has come to its end; the connection may be idle again, or about to end. `entityTag` is the
    /// response's, "" when it has none.
    void answered(const std::string& target, const std::string& entityTag);
    /// Nothing can be sent any more. Comes once.
    void ended();

  private:
    enum class State : uint8_t { Idle, Head, Body, Ended };

    void readSome();
    bool takeHead();
    bool takeBody();
    void finish();
    void disconnected();
    void end();

    std::string_view input() const { return {m_input.constData(), static_cast<size_t>(m_input.size())}; }

    QTcpSocket m_socket;
    QTimer m_patience;
    QByteArray m_input; // received and not taken
    State m_state = State::Idle;
    http::Method m_method = http::Method::Get;
    http::ResponseParser m_parser;
    http::ResponseHead m_head; // its views are not used once the head is taken
    http::BodyDecoder m_decoder;
    std::string m_target;
    std::string m_entityTag;
};

} // namespace reverxy::demo
