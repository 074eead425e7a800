package front

import "github.com/jackc/pgx/v5/pgproto3"

// How the client's side of a session steers what the server's side passes on.

// expect notes that the server will send one more ReadyForQuery.
func (a *answers) expect() {
	a.mutex.Lock()
	a.open++
	a.mutex.Unlock()
}

// retag asks for a command tag to be replaced when it comes.
func (a *answers) retag(change tagChange) {
	a.mutex.Lock()
	a.tags = append(a.tags, change)
	a.mutex.Unlock()
}

// replaceError puts our error in place of the next one of the server.
func (a *answers) replaceError(mine *pgproto3.ErrorResponse) {
	a.mutex.Lock()
	a.swap = mine
	a.mutex.Unlock()
}

// settle waits until the server owes nothing, and reports the transaction's status; 0 when the session ended.
func (a *answers) settle() byte {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	for a.open > 0 && !a.ended {
		a.change.Wait()
	}
	if a.ended {
		return 0
	}
	return a.status
}

// begin holds ReadyForQuery back until finish.
func (a *answers) begin() {
	a.mutex.Lock()
	a.hold, a.failed = true, false
	a.mutex.Unlock()
}

// mode sets what passes during the next statement, and clears the error mark.
func (a *answers) mode(pass passing) {
	a.mutex.Lock()
	a.pass, a.failed = pass, false
	a.mutex.Unlock()
}

func (a *answers) hadError() bool {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	return a.failed
}

func (a *answers) markError() {
	a.mutex.Lock()
	a.failed = true
	a.mutex.Unlock()
}

// say sends messages of our own to the client.
func (a *answers) say(messages ...pgproto3.Message) error {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	for _, message := range messages {
		if err := send(a.writer, message); err != nil {
			return err
		}
	}
	return nil
}

// finish ends what begin began and tells the client that it is its turn.
func (a *answers) finish() error {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	a.hold, a.pass, a.failed, a.tags, a.swap = false, passAll, false, nil, nil
	return send(a.writer, &pgproto3.ReadyForQuery{TxStatus: a.status})
}
